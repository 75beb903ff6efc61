//! The catalogue as the money sees it: a row as of a day, with the payment standard of that day.
//!
//! Serves 7207, 7211, 1318, 2101 and 2102. Invariant: a payment standard that stands in its own list takes the place of the one in
//! the drug's row, because the list is published more often than the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use lf_ports::{Dated, Drug, Item, Lists, StoreError};
use lf_vocab::{Day, MedListCodg};

use crate::Center;

impl Center {
    /// Drugs as of a day, in the order asked.
    pub(crate) async fn priced(&self, codes: &[MedListCodg], on: Day) -> Result<Vec<Option<Drug>>, StoreError> {
        let keys: Vec<&str> = codes.iter().map(MedListCodg::as_str).collect();
        let (mut drugs, standards) =
            tokio::try_join!(self.store.drugs(codes, on), self.store.list_items(Lists::PayStd, &keys, on))?;
        for (drug, standard) in drugs.iter_mut().zip(standards) {
            if let Some(drug) = drug {
                price(drug, standard);
            }
        }
        Ok(drugs)
    }

    /// The same for several questions at once; what more than one of them asks is asked once, as on most days the doctor,
    /// the shelf and the till mean the same row.
    pub(crate) async fn priced_each<const N: usize>(
        &self,
        asked: [(&[MedListCodg], Day); N],
    ) -> Result<[Vec<Option<Drug>>; N], StoreError> {
        let mut by_day: BTreeMap<Day, BTreeSet<&MedListCodg>> = BTreeMap::new();
        for (codes, on) in asked {
            by_day.entry(on).or_default().extend(codes);
        }
        let days = by_day.into_iter().map(|(on, codes)| async move {
            let codes: Vec<MedListCodg> = codes.into_iter().cloned().collect();
            let drugs = self.priced(&codes, on).await?;
            Ok::<_, StoreError>((on, codes.into_iter().zip(drugs).collect::<BTreeMap<_, _>>()))
        });
        let found: BTreeMap<Day, BTreeMap<MedListCodg, Option<Drug>>> = try_join_all(days).await?.into_iter().collect();
        Ok(asked.map(|(codes, on)| {
            let drug = |code| found.get(&on).and_then(|drugs| drugs.get(code)).cloned().flatten();
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
