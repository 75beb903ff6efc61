//! Cases: an example of a pack made ready to be asked, and the shape of `law decide --facts`.
//!
//! Invariant: an example carries complete facts; bases and overlays have been worked in at load.

use std::collections::BTreeMap;
use std::sync::Arc;

use lf_vocab::Admdvs;
use serde::Deserialize;

use crate::decide::{Decision, LawError};
use crate::facts::Facts;
use crate::input::Input;
use crate::model::{Gate, Grant, Law};
use crate::value::LawValue;

/// A question to the law as JSON: `{ "gate": "precheck", "admdvs": "360900", "facts": { … } }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    /// Which gate.
    pub gate: Gate,
    /// Where.
    pub admdvs: Admdvs,
    /// Named facts; see the field dictionary.
    pub facts: BTreeMap<String, Input>,
}

/// Where an example comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExampleSource {
    /// Printed in the text.
    Official,
    /// Written for a boundary.
    Boundary,
    /// Written after an error.
    Regression,
}

/// What an example expects.
#[derive(Debug, Clone)]
pub(crate) enum Expect {
    /// A parameter's value and which dated value says it.
    Value { value: LawValue, by: Option<String> },
    /// A typed error.
    Error(String),
    /// A decision.
    Decision {
        accepted: bool,
        by: Vec<String>,
        remind: Option<Vec<String>>,
        record: Option<Vec<String>>,
        overrode: Option<String>,
        sentence: Option<String>,
    },
}

/// One example, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct ExampleCase {
    pub id: String,
    pub file: Arc<str>,
    pub provision: usize,
    pub source: ExampleSource,
    pub gate: Gate,
    pub admdvs: Admdvs,
    pub facts: Facts<'static>,
    pub grants: Vec<Grant>,
    pub expect: Expect,
}

impl DecideRequest {
    /// Asks the law, without grants.
    ///
    /// # Errors
    /// As [`Law::decide`]; facts that are not in the dictionary are `BadFacts`.
    pub fn decide(&self, law: &Law) -> Result<Decision, LawError> {
        let facts = Facts::from_input(&self.facts).map_err(LawError::BadFacts)?;
        law.decide(self.gate, &self.admdvs, &facts, &[])
    }
}
