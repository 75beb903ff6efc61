//! Grants: choices that a provision leaves to an authority, given to a place case by case, with who, when and on what paper.
//!
//! Serves HB-3.3, HB-3.5, HB-4.5, GX-2.1b and GX-3.8. Invariants: a grant is never deleted, it ends on a day and says who ended it;
//! grants of one place under one provision count from 1.

use lf_vocab::{Admdvs, Day, Moment};
use serde::{Deserialize, Serialize};

use crate::ended::EndedBy;

/// Grants of one place that are read at once; more of them are refused, not cut.
pub const GRANTS_MAX: usize = 1_000;

/// A grant as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// For whom.
    pub admdvs: Admdvs,
    /// Under which provision, by its full id.
    pub provision: String,
    /// Counts the grants of this place under this provision from 1.
    pub grant_no: i64,
    /// The first day.
    pub from: Day,
    /// The first day no longer; `None` is open. The same as `from` where it was taken back before it began.
    pub until: Option<Day>,
    /// What was given, by whom and on what paper.
    pub given: GrantGiven,
}

/// What stands behind a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantGiven {
    /// What takes the place of the printed value, as it is written in a pack.
    pub value: String,
    /// Filing number.
    pub filing_no: String,
    /// The authority that consented.
    pub consent: String,
    /// The paper on which it did.
    pub paper: String,
    /// Who entered it.
    pub opter_name: String,
    /// When.
    pub opt_time: Moment,
    /// Who ended it, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedBy>,
}

/// A grant is given or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantChange {
    /// A new one; its number must be free, or the change is stale.
    Given(GrantRow),
    /// An earlier end; it must still end where the operator saw it end.
    Ended {
        /// As it is afterwards.
        row: GrantRow,
        /// Where it ended before.
        expect_until: Option<Day>,
    },
}
