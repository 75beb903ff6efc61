//! Facts read back by name, and the written examples as cases: for whoever holds the engine against another
//! reading of the same packs.
//!
//! Invariant: what is handed out is what a decision would see, computed facts included.

use lf_vocab::Admdvs;

use crate::facts::{Facts, Value};
use crate::field::{Field, Scope};
use crate::model::{Gate, Grant, Law};

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
