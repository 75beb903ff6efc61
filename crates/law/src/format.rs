//! The pack format as written: serde shapes of the TOML files, unknown keys refused.
//!
//! Invariant: nothing here is judged; meaning is given by `compile`. Spans lead an error back to its line.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

/// One file: one authority, one subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileDoc {
    pub pack: Spanned<String>,
    pub title: String,
    pub edition: u32,
    pub formalised_from: Spanned<Datetime>,
    /// A condition every provision of the file stands under, unless it says `scoped = false`.
    pub scope: Option<ScopeDoc>,
    #[serde(default)]
    pub instrument: BTreeMap<Spanned<String>, InstrumentDoc>,
    #[serde(default)]
    pub provision: Vec<ProvisionDoc>,
    /// Facts that examples start from, by name.
    #[serde(default)]
    pub base: BTreeMap<String, toml::Table>,
    #[serde(default)]
    pub example: Vec<ExampleDoc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeDoc {
    pub when: Spanned<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstrumentDoc {
    pub title: String,
    pub doc_no: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub published: Option<Spanned<Datetime>>,
    pub in_force: Spanned<ForceDoc>,
    #[serde(default)]
    pub extended: Vec<ExtendedDoc>,
    pub text: Option<Spanned<String>>,
    pub sm3: Option<Spanned<String>>,
    /// What is stored: the whole text, or an excerpt with where it was read.
    pub excerpt: Option<String>,
    /// The provision by which newer national law prevails over this document.
    pub yields: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForceDoc {
    pub from: Datetime,
    pub until: Option<Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendedDoc {
    pub by: String,
    pub until: Spanned<Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProvisionDoc {
    pub id: Spanned<String>,
    pub title: String,
    #[serde(default)]
    pub requirement: Vec<String>,
    pub gate: Option<Spanned<OneOrMany>>,
    pub quantity: Option<Spanned<String>>,
    pub unit: Option<String>,
    pub reckoned: Option<Spanned<ReckonedDoc>>,
    pub order: Option<u32>,
    pub each: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub scoped: bool,
    pub when: Option<Spanned<toml::Value>>,
    pub violated_if: Option<Spanned<toml::Value>>,
    pub severity: Option<Spanned<String>>,
    pub field: Option<Spanned<String>>,
    pub code: Option<String>,
    pub sentence: Option<Spanned<String>>,
    pub absent: Option<Spanned<String>>,
    pub absent_sentence: Option<Spanned<String>>,
    pub relation: Option<Spanned<RelationDoc>>,
    pub delegates: Option<Spanned<String>>,
    pub grant: Option<GrantDoc>,
    pub checked: Option<CheckedDoc>,
    pub note: Option<String>,
    pub value: Spanned<Vec<DatedDoc>>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "应为文字，或文字的列表")]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// One date, or one for each gate.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "应为一个日期字段的名称，或按环节分写的表")]
pub(crate) enum ReckonedDoc {
    One(String),
    ByGate(BTreeMap<String, String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationDoc {
    pub exception_to: String,
    pub mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantDoc {
    /// The largest number a grant may put in the place of the printed one.
    pub max: Option<i64>,
    /// The longest a grant may last, in days.
    pub max_days: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckedDoc {
    pub on: Spanned<Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatedDoc {
    pub from: Spanned<Datetime>,
    pub until: Option<Spanned<Datetime>>,
    pub is: Spanned<toml::Value>,
    pub cite: Option<Spanned<String>>,
    pub quote: Option<Spanned<String>>,
    pub confidence: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleDoc {
    pub id: Spanned<String>,
    pub source: Spanned<String>,
    pub cite: Option<String>,
    pub gate: Option<String>,
    pub admdvs: Option<String>,
    pub base: Option<Spanned<String>>,
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub given: toml::Table,
    /// Facts laid over every line of the base, by node.
    #[serde(default)]
    pub lines: BTreeMap<String, toml::Table>,
    #[serde(default)]
    pub grants: Vec<GrantGivenDoc>,
    pub expect: Spanned<ExpectDoc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantGivenDoc {
    pub provision: String,
    pub admdvs: String,
    pub from: Datetime,
    pub until: Datetime,
    pub is: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectDoc {
    pub accepted: Option<bool>,
    pub by: Option<OneOrMany>,
    pub remind: Option<OneOrMany>,
    pub record: Option<OneOrMany>,
    pub overrode: Option<String>,
    pub sentence: Option<String>,
    pub value: Option<toml::Value>,
    pub error: Option<String>,
}
