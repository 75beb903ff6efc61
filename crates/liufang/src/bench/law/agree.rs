//! The engine against the naive reading: every written example of the packs, and the cases of the bench, asked of both
//! in every place that has a pack.

use std::collections::BTreeSet;

use lf_law::{Facts, Gate, Law};
use lf_vocab::Admdvs;

use super::naive::{Asked, Naive, of_engine};

/// Differences that are told; the others are only counted.
const TOLD: usize = 20;

/// How often both were asked, and where they differ.
#[derive(Default)]
pub struct Agreement {
    pub asked: usize,
    pub differences: usize,
    /// The first of them, in words.
    pub told: Vec<String>,
}

impl Agreement {
    /// Asks both one question.
    pub fn ask(&mut self, law: &Law, naive: &Naive, (id, gate, admdvs): (&str, Gate, Admdvs), facts: &Facts<'_>) {
        let engine = of_engine(law.decide(gate, &admdvs, facts, &[]));
        let other = naive.decide(&Asked::new(gate.name(), admdvs, facts));
        self.asked += 1;
        if engine != other {
            self.differences += 1;
            if self.told.len() < TOLD {
                self.told.push(format!("{id} {} {admdvs}: engine {engine:?}, naive {other:?}", gate.name()));
            }
        }
    }

    /// Asks both about every written example, in its own place and in each of `places`.
    pub fn examples(&mut self, law: &Law, naive: &Naive, places: &BTreeSet<Admdvs>) {
        for case in law.cases().filter(|case| case.grants.is_empty()) {
            let elsewhere = places.iter().copied().filter(|place| *place != case.admdvs);
            for admdvs in [case.admdvs].into_iter().chain(elsewhere) {
                self.ask(law, naive, (case.id, case.gate, admdvs), case.facts);
            }
        }
    }
}

/// The places that have a pack.
pub fn places(law: &Law) -> BTreeSet<Admdvs> {
    law.packs().iter().map(|pack| pack.admdvs).collect()
}

#[cfg(test)]
mod tests {
    use lf_law::Source;

    use super::*;
    use crate::law_files;

    #[test]
    fn both_readings_find_the_same_in_every_example() {
        let law = law_files::load(None).unwrap();
        let naive = Naive::read(law_files::BUILT_IN.iter().copied()).unwrap();
        let mut agreement = Agreement::default();
        agreement.examples(&law, &naive, &BTreeSet::new());
        assert!(agreement.asked > 400, "{}", agreement.asked);
        assert_eq!(agreement.differences, 0, "{}", agreement.told.join("\n"));
    }

    #[test]
    fn a_changed_value_is_a_difference() {
        let changed: Vec<(&str, String)> = law_files::BUILT_IN
            .iter()
            .map(|(path, text)| (*path, text.replace("quote = \"电子处方流转有效期3天\" }", "quote = \"有效期3天\" }")))
            .collect();
        let law = law_files::load(None).unwrap();
        let sources: Vec<_> = changed.iter().map(|(path, text)| Source { path, text }).collect();
        assert!(sources.iter().zip(law_files::BUILT_IN).any(|(source, (_, text))| source.text != *text));
        let naive = Naive::read(changed.iter().map(|(path, text)| (*path, text.as_str()))).unwrap();
        let mut agreement = Agreement::default();
        agreement.examples(&law, &naive, &BTreeSet::new());
        assert!(agreement.differences > 0);
    }
}
