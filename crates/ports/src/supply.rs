//! Drugs that were shown as available and not supplied (JX-4.5.1): a case from the complaint to its end.
//!
//! Invariants: a case is never deleted, and every step of it keeps who took it, when and on what evidence; what the query showed at
//! that moment is derived from the ledger when the case is opened and kept with it.

use lf_vocab::{Admdvs, FixmedinsCode, MedListCodg, Moment};
use serde::{Deserialize, Serialize};

/// A case of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyCase {
    /// 统筹区 of the institution.
    pub poolarea_no: Admdvs,
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// Number of the complaint or audit: one case counts once.
    pub case_no: String,
    /// Counts the steps from 1; its version.
    pub ver: i64,
    /// Where it stands.
    pub state: CaseState,
    /// What it is about.
    pub body: CaseBody,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Complained of.
    Opened,
    /// 查实.
    Confirmed,
    /// Not so.
    Dismissed,
}

impl CaseState {
    /// All.
    pub const ALL: [Self; 3] = [Self::Opened, Self::Confirmed, Self::Dismissed];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
        }
    }
}

/// What a case is about. Sealed in the database: it names people.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseBody {
    /// Which drug.
    pub med_list_codg: MedListCodg,
    /// When it was shown and asked for.
    pub asked: Moment,
    /// What the query showed then; `None`: nothing, or the uploads were too old to be shown.
    pub shown: Option<ShownThen>,
    /// Opened, then confirmed or dismissed.
    pub steps: Vec<CaseStep>,
}

/// What the query showed of a drug at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownThen {
    /// Whole packs.
    pub packs: i64,
    /// When the institution had uploaded last.
    pub told: Moment,
}

/// A step of a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStep {
    /// What it became.
    pub state: CaseState,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Where the evidence is: a file's number, an audit report.
    pub evidence: String,
}

impl std::fmt::Debug for CaseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseBody").field("med_list_codg", &self.med_list_codg).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CaseStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseStep").field("state", &self.state).field("at", &self.at).finish_non_exhaustive()
    }
}
