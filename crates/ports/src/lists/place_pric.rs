//! Prices that a place published of a drug: 集采中选价, 省药采平台挂网价; and what a shop's price is compared with.
//!
//! Serves JX-1.8 and DG-3.4d. Invariant: of several places the nearest counts, so that a city's own price takes the place of its
//! province's.

use lf_vocab::{Admdvs, MedListCodg, Pric};
use serde::{Deserialize, Serialize};

use super::{Dated, Item};

/// A price of a drug in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacePric {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 区划 whose price it is: a city's, a province's or the country's (100000).
    pub admdvs: Admdvs,
    /// Per 最小包装.
    pub pric: Pric,
    /// Which round of purchase, such as 国家第九批.
    pub batch: Option<String>,
    /// 备注.
    pub memo: Option<String>,
}

impl PlacePric {
    /// By what it is found in its list.
    pub fn key(med_list_codg: &MedListCodg, admdvs: Admdvs) -> String {
        format!("{med_list_codg}|{admdvs}")
    }
}

/// What a price of a drug is compared with, per 最小包装.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prics {
    /// 医保支付标准, where it has a list row of its own.
    pub hi_pay_std: Option<Pric>,
    /// 集采中选价 of the nearest place that has one.
    pub sel_pric: Option<Pric>,
    /// 省药采平台价 of the nearest place that has one.
    pub plat_pric: Option<Pric>,
}

impl Prics {
    /// From the rows of one drug, those of other drugs or places left out by who asked.
    pub fn of(rows: impl IntoIterator<Item = Dated<Item>>) -> Self {
        let mut prics = Self::default();
        let (mut sel, mut plat) = (None, None);
        for row in rows {
            match row.item {
                Item::PayStd(standard) => prics.hi_pay_std = Some(standard.hi_pay_std),
                Item::SelPric(found) => nearer(&mut sel, found),
                Item::PlatPric(found) => nearer(&mut plat, found),
                _ => {}
            }
        }
        (prics.sel_pric, prics.plat_pric) = (sel.map(|row| row.pric), plat.map(|row| row.pric));
        prics
    }
}

fn nearer(kept: &mut Option<PlacePric>, found: PlacePric) {
    if kept.as_ref().is_none_or(|kept| reach(kept.admdvs) < reach(found.admdvs)) {
        *kept = Some(found);
    }
}

/// How far down the chain of authorities a place stands.
fn reach(admdvs: Admdvs) -> usize {
    admdvs.chain().len()
}

#[cfg(test)]
mod tests {
    use lf_vocab::Day;

    use super::*;
    use crate::lists::PayStd;

    fn row(admdvs: &str, pric: &str) -> PlacePric {
        PlacePric {
            med_list_codg: "XC08CAA189A001010100001".parse().unwrap(),
            admdvs: admdvs.parse().unwrap(),
            pric: pric.parse().unwrap(),
            batch: None,
            memo: None,
        }
    }

    fn dated(item: Item) -> Dated<Item> {
        Dated { item, from: Day::FIRST, until: None, ver: 1 }
    }

    #[test]
    fn the_nearest_place_counts_in_whatever_order_rows_come() {
        let places = ["360900", "100000", "360000"];
        for first in 0..places.len() {
            let mut rows: Vec<_> = places.iter().map(|place| dated(Item::SelPric(row(place, &place[..2])))).collect();
            rows.rotate_left(first);
            rows.push(dated(Item::PlatPric(row("360000", "7"))));
            let pric = |text: &str| Some(text.parse().unwrap());
            let want = Prics { hi_pay_std: None, sel_pric: pric("36"), plat_pric: pric("7") };
            assert_eq!(Prics::of(rows), want);
        }
        let near = [dated(Item::SelPric(row("360000", "2"))), dated(Item::SelPric(row("360900", "1")))];
        assert_eq!(Prics::of(near).sel_pric, Some("1".parse().unwrap()));
        let standard = PayStd {
            med_list_codg: row("360000", "1").med_list_codg,
            hi_pay_std: "3".parse().unwrap(),
            unt: None,
            memo: None,
        };
        assert_eq!(Prics::of([dated(Item::PayStd(standard))]).hi_pay_std, Some("3".parse().unwrap()));
        assert_eq!(Prics::of([]), Prics::default());
    }
}
