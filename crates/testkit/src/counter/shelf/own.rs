//! A lot as a set of boxes, and how boxes and lots are named.

use std::collections::BTreeMap;

use lf_stock::Goods;
use lf_vocab::{DrugTracCodg, Qty};

/// How a quantity is scaled.
const ONE: i64 = 10_000;

/// Where a box is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Whole, on the shelf.
    Shelf,
    /// Sold whole, in this visit.
    Sold(u64),
    /// Open; so many units are gone.
    Open(i64),
}

/// A lot as this module knows it.
pub(super) struct Own {
    pub(super) goods: Goods,
    pub(super) per_pack: i64,
    pub(super) boxes: BTreeMap<u64, Place>,
    /// What 3502 moved, and of it what booked a count.
    pub(super) changed: i128,
    /// What 3504 gave back.
    pub(super) given_back: i128,
    /// Units sold out of open packs, by visit.
    pub(super) split: BTreeMap<u64, i64>,
}

impl Own {
    /// Units that must be there: box by box.
    pub(super) fn units(&self) -> i128 {
        let of = |place: &Place| match place {
            Place::Shelf => self.per_pack,
            Place::Sold(_) => 0,
            Place::Open(out) => self.per_pack - out,
        };
        self.boxes.values().map(|place| i128::from(of(place))).sum::<i128>() + self.changed - self.given_back
    }

    pub(super) fn at(&self, wanted: impl Fn(&Place) -> bool) -> Vec<u64> {
        self.boxes.iter().filter(|(_, place)| wanted(place)).map(|(number, _)| *number).collect()
    }
}

pub(super) fn number_of(lot: usize) -> String {
    format!("L{lot}")
}

pub(super) fn code(number: u64) -> Option<DrugTracCodg> {
    format!("8{number:019}").parse().ok()
}

pub(super) fn codes(numbers: &[u64]) -> Vec<DrugTracCodg> {
    numbers.iter().filter_map(|number| code(*number)).collect()
}

pub(super) fn qty(count: i64) -> Qty {
    Qty::new(count * ONE)
}
