//! What stands on a day: for each authority the values in force, those that an example hits, and what is silent and why.

use std::collections::BTreeSet;

use lf_vocab::{Admdvs, Day};
use serde::Serialize;

use crate::model::Law;
use crate::value::LawValue;

/// The law of one authority on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The authority.
    pub admdvs: Admdvs,
    /// Provisions of its packs.
    pub provisions: usize,
    /// Of these, with a value in force that day.
    pub in_force: usize,
    /// Of those in force, with a value that an example hits.
    pub covered: usize,
    /// Provisions whose first value begins later.
    pub to_come: usize,
    /// Provisions that said something earlier, or are silent by their text.
    pub silent: usize,
}

/// Every authority that has packs, from the country down. `hit` are the dated values that examples hit.
pub(super) fn standing(law: &Law, on: Day, hit: &BTreeSet<String>) -> Vec<Standing> {
    let places: BTreeSet<Admdvs> = law.provisions.iter().map(|provision| provision.pack).collect();
    places.into_iter().map(|admdvs| of(law, admdvs, on, hit)).collect()
}

fn of(law: &Law, admdvs: Admdvs, on: Day, hit: &BTreeSet<String>) -> Standing {
    let mut standing = Standing { admdvs, provisions: 0, in_force: 0, covered: 0, to_come: 0, silent: 0 };
    for provision in law.provisions.iter().filter(|provision| provision.pack == admdvs) {
        standing.provisions += 1;
        let first = provision.values.iter().find(|dated| dated.is != LawValue::Nothing);
        match provision.on(on) {
            Some(dated) => {
                standing.in_force += 1;
                let by = format!("{}@{}", provision.id, provision.values[dated].from);
                standing.covered += usize::from(hit.contains(&by));
            }
            None if first.is_some_and(|first| on < first.from) => standing.to_come += 1,
            None => standing.silent += 1,
        }
    }
    standing
}
