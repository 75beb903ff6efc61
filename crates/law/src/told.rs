//! Facts read back by name, and the written examples as cases: for whoever holds the engine against another
//! reading of the same packs.
//!
//! Invariant: what is handed out is what a decision would see, computed facts included.

use lf_vocab::Admdvs;

use crate::facts::{Facts, Value};
use crate::field::{Field, Scope};
use crate::model::{Gate, Grant, Jurisdiction, Law};

/// A case of the packs: where and when the law is asked, and about what.
#[derive(Debug, Clone, Copy)]
pub struct WrittenCase<'l> {
    /// The id of the example, with its pack.
    pub id: &'l str,
    /// The gate.
    pub gate: Gate,
    /// The place.
    pub admdvs: Admdvs,
    /// What is known.
    pub facts: &'l Facts<'static>,
    /// Choices granted to the place.
    pub grants: &'l [Grant],
}

impl<'a> Facts<'a> {
    /// Every fact there is: the field, its line (0 for the case), its value. Numbers stand in the scale of their field.
    pub fn told(&self) -> Vec<(Field, usize, Value<'a>)> {
        let mut told = Vec::new();
        for scope in [Scope::Case].into_iter().chain(Scope::REPEATED) {
            for line in 0..self.line_count(scope) {
                let own = Field::ALL.iter().filter(|field| field.scope() == scope);
                told.extend(own.filter_map(|field| Some((*field, line, self.get(*field, line)?.into_owned()))));
            }
        }
        told
    }
}

impl Law {
    /// Whether a condition of what is asked in a place at a gate, on whatever day, rests on a field itself: what no law there
    /// reads need not be looked up.
    pub fn reads(&self, gate: Gate, admdvs: &Admdvs, field: Field) -> bool {
        let Some(place) = self.jurisdiction(*admdvs) else { return false };
        place.gates[gate as usize].iter().any(|head| self.reads_in(place, *head, field))
    }

    /// The same of one provision and its exceptions.
    fn reads_in(&self, place: &Jurisdiction, head: usize, field: Field) -> bool {
        let provision = &self.provisions[head];
        let mut found = false;
        let conditions = provision.when.iter().chain(provision.rule.as_ref().map(|rule| &rule.violated_if));
        conditions.for_each(|condition| condition.fields(&mut |read, _| found |= read == field));
        found || place.exceptions[head].iter().any(|exception| self.reads_in(place, *exception, field))
    }

    /// The written examples of the packs.
    pub fn cases(&self) -> impl Iterator<Item = WrittenCase<'_>> {
        self.examples.iter().map(|case| WrittenCase {
            id: &case.id,
            gate: case.gate,
            admdvs: case.admdvs,
            facts: &case.facts,
            grants: &case.grants,
        })
    }
}
