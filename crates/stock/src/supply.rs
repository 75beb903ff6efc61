//! What a pharmacy offers: drugs in stock for people who ask (JX-4.5.1), the counter of drugs that were shown and not
//! there, and the share of 谈判 drugs that it stocks (GX-1.2.4).
//!
//! Invariants: a lot past its expiry offers nothing; a threshold is always an argument, because it is the law's.

use std::collections::BTreeSet;

use lf_vocab::{Day, MedListCodg, Ratio};
use serde::{Deserialize, Serialize};

use crate::lot::Lot;

/// A drug that is shown as available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplied {
    /// Which.
    pub med_list_codg: MedListCodg,
    /// Whole packs (weighed goods: whole units of the wire) that may be sold on the day asked.
    pub packs: i64,
}

/// Lots as people see them: by drug, what may be sold on a day, nothing below one pack.
pub fn offered<'l>(lots: impl IntoIterator<Item = &'l Lot>, on: Day) -> Vec<Supplied> {
    let mut units = std::collections::BTreeMap::<&MedListCodg, i64>::new();
    for lot in lots.into_iter().filter(|lot| !lot.expired(on) && lot.balance() > 0) {
        *units.entry(&lot.goods.med_list_codg).or_default() += lot.balance() / lot.measure.per_pack();
    }
    let found = units.into_iter().filter(|(_, packs)| *packs > 0);
    found.map(|(code, packs)| Supplied { med_list_codg: code.clone(), packs }).collect()
}

/// A drug that the center showed as available and a person did not get, confirmed by audit or complaint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shown {
    /// Number of the complaint or audit: one case counts once.
    pub case_no: String,
    /// On which day it was asked for.
    pub on: Day,
    /// Which drug.
    pub med_list_codg: MedListCodg,
}

/// How often that was confirmed, beside the number at which the agreement ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strikes {
    /// Confirmed cases, each once.
    pub confirmed: u32,
    /// The law's number.
    pub ends_at: u32,
}

impl Strikes {
    /// Counts cases of a period; the same case told twice is one.
    pub fn count(cases: &[Shown], since: Day, ends_at: u32) -> Self {
        lf_vocab::covers!("JX-4.5.1");
        let counted: BTreeSet<_> = cases.iter().filter(|case| case.on >= since).map(|case| &case.case_no).collect();
        Self { confirmed: u32::try_from(counted.len()).unwrap_or(u32::MAX), ends_at }
    }

    /// Whether the agreement is to be ended.
    pub const fn ends(&self) -> bool {
        self.confirmed >= self.ends_at
    }
}

/// 谈判 drugs by generic name: how many a pharmacy stocks of how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NegoShare {
    /// Stocked.
    pub stocked: u64,
    /// In the catalogue.
    pub total: u64,
}

/// The share of 谈判 drugs that a pharmacy stocks; several codes of one generic name are one drug.
pub fn share_of_nego<'n>(
    catalogue: impl IntoIterator<Item = &'n str>,
    stocked: impl IntoIterator<Item = &'n str>,
) -> NegoShare {
    lf_vocab::covers!("GX-1.2.4");
    let all: BTreeSet<&str> = catalogue.into_iter().collect();
    let stocked: BTreeSet<&str> = stocked.into_iter().filter(|name| all.contains(name)).collect();
    NegoShare { stocked: stocked.len() as u64, total: all.len() as u64 }
}

impl NegoShare {
    /// Whether it reaches a share; of no drugs at all every share is reached.
    pub fn reaches(&self, least: Ratio) -> bool {
        i128::from(self.stocked) * i128::from(Ratio::ONE.get()) >= i128::from(self.total) * i128::from(least.get())
    }

    /// The least share that a pool may ask when no pharmacy of it reaches the printed one: the best that one has.
    pub fn lowered<'s>(least: Ratio, pool: impl IntoIterator<Item = &'s NegoShare>) -> Ratio {
        let mut best = Ratio::ZERO;
        for share in pool {
            if share.reaches(least) {
                return least;
            }
            if share.total > 0 {
                let has = i128::from(share.stocked) * i128::from(Ratio::ONE.get()) / i128::from(share.total);
                best = best.max(Ratio::new(i64::try_from(has).unwrap_or(i64::MAX)));
            }
        }
        best
    }
}
