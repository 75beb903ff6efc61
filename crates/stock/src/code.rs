//! The life of a 追溯码 at one institution, as states that hold their evidence: bought, sold once, returned, never sold twice.
//!
//! Whether somebody else sold it is told by the holder of the claim, which is one for the whole center.

use serde::{Deserialize, Serialize};

/// Since when a code is on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldSince {
    /// It came with a purchase (3503) or from 3592B.
    Bought,
    /// It was sold here and came back (3506).
    Returned,
}

/// To whom a box went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A prescription of the center: 7207 claims the code under its number.
    Rx(String),
    /// A sale at the counter, by its 就医流水号.
    Counter(String),
}

/// What is known of a code at this institution.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CodeLife {
    /// Nothing.
    #[default]
    Unseen,
    /// It is on the shelf.
    Held {
        /// In which lot.
        fixmedins_bchno: String,
        /// How it came there.
        since: HeldSince,
    },
    /// Its pack is open and so many minimal units of it were sold; always more than none.
    Opened {
        /// Of which lot.
        fixmedins_bchno: String,
        /// Units sold.
        out: i64,
        /// How it was on the shelf before, if at all.
        before: Option<HeldSince>,
    },
    /// It was sold whole.
    Sold {
        /// Of which lot.
        fixmedins_bchno: String,
        /// In which visit (就医流水号).
        mdtrt_sn: String,
        /// To whom.
        owner: Owner,
        /// How it was on the shelf before, if at all.
        before: Option<HeldSince>,
    },
}

/// A code with who holds it in the center.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// At this institution.
    pub life: CodeLife,
    /// The owner of the claim on it, whoever that is.
    pub held_by: Option<String>,
}

impl CodeLife {
    /// The lot in which it stands or from which it went.
    pub fn lot(&self) -> Option<&str> {
        match self {
            Self::Unseen => None,
            Self::Held { fixmedins_bchno, .. }
            | Self::Opened { fixmedins_bchno, .. }
            | Self::Sold { fixmedins_bchno, .. } => Some(fixmedins_bchno),
        }
    }

    /// The state's word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::Held { .. } => "held",
            Self::Opened { .. } => "opened",
            Self::Sold { .. } => "sold",
        }
    }

    /// How it was on the shelf, so that a return can put it back so.
    pub(crate) fn shelf(&self) -> Option<HeldSince> {
        match self {
            Self::Held { since, .. } => Some(since.clone()),
            Self::Opened { before, .. } | Self::Sold { before, .. } => before.clone(),
            Self::Unseen => None,
        }
    }
}

/// What the claim on a code says who owns it.
impl Owner {
    /// The owner's word in the claim table, which is one for all institutions.
    pub fn claim(&self, fixmedins_code: &str) -> String {
        match self {
            Self::Rx(hi_rxno) => hi_rxno.clone(),
            Self::Counter(mdtrt_sn) => format!("sale:{fixmedins_code}/{mdtrt_sn}"),
        }
    }

    /// The owner's word for an open pack: all its sales are of one holder.
    pub fn opened(fixmedins_code: &str, fixmedins_bchno: &str) -> String {
        format!("open:{fixmedins_code}/{fixmedins_bchno}")
    }
}
