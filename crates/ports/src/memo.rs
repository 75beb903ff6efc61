//! Memos of a bureau: what an officer wrote down about a place, with who, when and on what paper; nothing is ever taken out.
//!
//! Serves JX-5.1 (the budget of a year), HB-3.8 (why a difference is no trouble) and the admission of pharmacies and hospitals
//! (GX-1.2, DG-2, JX-1, WH-6.7). Invariants: memos of one place, topic and key count from 1, and the newest is the one that holds;
//! they name no insured person.

use std::collections::BTreeMap;

use lf_vocab::{Admdvs, Day, Fen, Moment};
use serde::{Deserialize, Serialize};

/// What a memo is about; what its key is, stands with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoTopic {
    /// 总额预算 of a year: the year.
    Budget,
    /// A difference of the three-way 对账: its key as `liufang reconcile` prints it.
    Difference,
    /// An admission: institution and service, `P…/双通道`.
    Admission,
}

impl MemoTopic {
    /// As stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Difference => "difference",
            Self::Admission => "admission",
        }
    }
}

/// A memo as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoRow {
    /// Of which place.
    pub poolarea_no: Admdvs,
    /// Of which budget, difference or admission.
    pub key: String,
    /// Counts the memos of this key from 1.
    pub memo_no: i64,
    /// What it says.
    pub memo: Memo,
}

/// What was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memo {
    /// The thing itself.
    pub said: Said,
    /// Why, or on what paper.
    pub rea: String,
    /// Who wrote it.
    pub opter_name: String,
    /// When.
    pub opt_time: Moment,
}

/// The thing itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// The budget is so many fen.
    Budget(Fen),
    /// The difference is explained.
    Explained,
    /// The explanation was wrong: it is open again.
    Reopened,
    /// An institution applied for a service.
    Applied(Application),
    /// It was admitted.
    Granted,
    /// It was not.
    Refused,
    /// Its admission ended.
    Cancelled(Ended),
}

/// How an admission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredEnded")]
pub struct Ended {
    /// On which day.
    pub on: Day,
    /// For a breach; otherwise it was given up.
    pub breach: bool,
}

/// As it was written at first, and as it is written now.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredEnded {
    Day(Day),
    Told(EndedTold),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndedTold {
    on: Day,
    breach: bool,
}

impl From<StoredEnded> for Ended {
    /// Who wrote only the day did not say why: it counts as a breach, by which nobody is admitted who may not be.
    fn from(stored: StoredEnded) -> Self {
        match stored {
            StoredEnded::Day(on) => Self { on, breach: true },
            StoredEnded::Told(EndedTold { on, breach }) => Self { on, breach },
        }
    }
}

/// What an institution applied with, and what the law said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The facts as judged, by their names; yes is `1`, no is `0`.
    pub facts: BTreeMap<String, String>,
    /// What the law refuses for, each with provision and sentence.
    pub refused: Vec<String>,
    /// What somebody must look into.
    pub reminded: Vec<String>,
}

impl Said {
    /// What a memo that says so is about.
    pub const fn topic(&self) -> MemoTopic {
        match self {
            Self::Budget(_) => MemoTopic::Budget,
            Self::Explained | Self::Reopened => MemoTopic::Difference,
            Self::Applied(_) | Self::Granted | Self::Refused | Self::Cancelled(_) => MemoTopic::Admission,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    #[test]
    fn an_end_that_was_written_as_a_day_alone_counts_as_one_for_a_breach() {
        let memo = |said: &str| {
            format!(r#"{{"said":{said},"rea":"超量结算","opter_name":"辛经办","opt_time":1778461200000000}}"#)
        };
        let read = |said: &str| decode::<Memo>(memo(said).as_bytes(), "memo", "body", "k").map(|memo| memo.said);
        let on = "2026-03-01".parse().unwrap();
        assert_eq!(read(r#"{"cancelled":20513}"#), Ok(Said::Cancelled(Ended { on, breach: true })));
        for breach in [true, false] {
            let said = format!(r#"{{"cancelled":{{"on":20513,"breach":{breach}}}}}"#);
            assert_eq!(read(&said), Ok(Said::Cancelled(Ended { on, breach })));
            let written = String::from_utf8(encode(&Said::Cancelled(Ended { on, breach }))).unwrap();
            assert_eq!(written, said, "as it was written before");
        }
        for wrong in [
            r#"{"cancelled":{"on":20513}}"#,
            r#"{"cancelled":{"on":20513,"breach":true,"x":1}}"#,
            r#"{"cancelled":"x"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
