//! The catalogue as the money sees it: a row as of a day, with the payment standard of that day, and the prices with which
//! the law of a place compares (JX-1.8, DG-3.4d).
//!
//! Serves 7207, 7211, 1318, 2101 and 2102. Invariant: a payment standard that stands in its own list takes the place of the one in
//! the drug's row, because the list is published more often than the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use lf_ports::{Dated, Drug, Item, Lists, Prics, StoreError};
use lf_vocab::{Admdvs, Day, MedListCodg};

use crate::Center;

/// A row of the catalogue, and what its price is compared with in a place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// The row, with the payment standard of the day; `None` where the code is not in the catalogue.
    pub(crate) drug: Option<Drug>,
    /// What the place and those above it published.
    pub(crate) prics: Prics,
}

/// Rows and prices apart, in the same order.
pub(crate) fn apart(rows: Vec<Listing>) -> (Vec<Option<Drug>>, Vec<Prics>) {
    rows.into_iter().map(|row| (row.drug, row.prics)).unzip()
}

impl Center {
    /// Drugs as of a day, in the order asked, with the prices of a place.
    async fn priced(&self, codes: &[MedListCodg], place: Admdvs, on: Day) -> Result<Vec<Listing>, StoreError> {
        let asked = tokio::try_join!(self.store.drugs(codes, on), self.store.drug_prics(codes, place, on))?;
        let rows = asked.0.into_iter().zip(asked.1).map(|(mut drug, prics)| {
            if let Some(drug) = &mut drug {
                drug.hi_pay_std = prics.hi_pay_std.or(drug.hi_pay_std);
            }
            Listing { drug, prics }
        });
        Ok(rows.collect())
    }

    /// The same for several questions at once; what more than one of them asks is asked once, as on most days the doctor,
    /// the shelf and the till mean the same row.
    pub(crate) async fn priced_each<const N: usize>(
        &self,
        asked: [(&[MedListCodg], Day); N],
        place: Admdvs,
    ) -> Result<[Vec<Listing>; N], StoreError> {
        let mut by_day: BTreeMap<Day, BTreeSet<&MedListCodg>> = BTreeMap::new();
        for (codes, on) in asked {
            by_day.entry(on).or_default().extend(codes);
        }
        let days = by_day.into_iter().map(|(on, codes)| async move {
            let codes: Vec<MedListCodg> = codes.into_iter().cloned().collect();
            let drugs = self.priced(&codes, place, on).await?;
            Ok::<_, StoreError>((on, codes.into_iter().zip(drugs).collect::<BTreeMap<_, _>>()))
        });
        let found: BTreeMap<Day, BTreeMap<MedListCodg, Listing>> = try_join_all(days).await?.into_iter().collect();
        Ok(asked.map(|(codes, on)| {
            let drug = |code| found.get(&on).and_then(|drugs| drugs.get(code)).cloned().unwrap_or_default();
            codes.iter().map(drug).collect()
        }))
    }

    /// The same for a page that was found by other means.
    pub(crate) async fn price_page(&self, page: &mut [Drug], on: Day) -> Result<(), StoreError> {
        let standards = {
            let keys: Vec<&str> = page.iter().map(|drug| drug.med_list_codg.as_str()).collect();
            self.store.list_items(Lists::PayStd, &keys, on).await?
        };
        page.iter_mut().zip(standards).for_each(|(drug, standard)| price(drug, standard));
        Ok(())
    }

    /// The same for rows with their days.
    pub(crate) async fn price_rows(&self, rows: &mut [Dated<Drug>], on: Day) -> Result<(), StoreError> {
        let standards = {
            let keys: Vec<&str> = rows.iter().map(|row| row.item.med_list_codg.as_str()).collect();
            self.store.list_items(Lists::PayStd, &keys, on).await?
        };
        rows.iter_mut().zip(standards).for_each(|(row, standard)| price(&mut row.item, standard));
        Ok(())
    }
}

fn price(drug: &mut Drug, standard: Option<Dated<Item>>) {
    if let Some(Item::PayStd(standard)) = standard.map(|row| row.item) {
        drug.hi_pay_std = Some(standard.hi_pay_std);
    }
}
