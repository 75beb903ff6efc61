//! What an audit says: how much was looked at, and each difference with its place. Serves `liufang audit verify`,
//! for people (Chinese) and for programs (serde).
//!
//! Invariant: a difference names tables, numbers and amounts, never a name or a certificate number.

use std::fmt;

use lf_ports::{Inconsistency, StoreError};
use serde::{Deserialize, Serialize};

/// How many differences are kept with their text; all are counted.
pub const DIFFERENCES_MAX: usize = 1_000;

/// The result of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// 统筹区 that have rows.
    pub pools: u64,
    /// Prescriptions.
    pub prescriptions: u64,
    /// Events whose link in the chain was recomputed.
    pub events: u64,
    /// Contents whose digest was recomputed.
    pub contents: u64,
    /// Files whose digest was recomputed.
    pub files: u64,
    /// Settlements, reversals included.
    pub settlements: u64,
    /// Reversals among them.
    pub reversals: u64,
    /// Accumulators added up again.
    pub accumulators: u64,
    /// Personal accounts added up again.
    pub accounts: u64,
    /// Claimed trace codes.
    pub claims: u64,
    /// Lots of goods added up again.
    #[serde(default)]
    pub stock_lots: u64,
    /// Rows of 3501–3507 read again.
    #[serde(default)]
    pub stock_moves: u64,
    /// Codes whose lives were folded again.
    #[serde(default)]
    pub stock_codes: u64,
    /// Visits of the clinic route, their batches read again.
    #[serde(default)]
    pub visits: u64,
    /// Claims with papers, their steps folded again.
    #[serde(default)]
    pub reims: u64,
    /// All differences, also those beyond [`DIFFERENCES_MAX`].
    pub differences_sum: u64,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What kind of promise is broken.
    pub kind: Kind,
    /// Which prescription, settlement, person or code.
    pub place: String,
    /// What is wrong, in Chinese.
    pub what: String,
}

macro_rules! kinds {
    ($($variant:ident = $word:literal, $cn:literal;)+) => {
        /// Which promise is broken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $(#[doc = $cn] $variant,)+ }

        impl Kind {
            /// The stable word, as serialised.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// For people.
            pub const fn name_cn(self) -> &'static str {
                match self { $(Self::$variant => $cn,)+ }
            }
        }
    };
}
kinds! {
    Row = "row", "数据行不可读或与自身矛盾";
    Seq = "seq", "事件序号不连续";
    Chain = "chain", "事件链哈希不符";
    Head = "head", "链头不符";
    State = "state", "状态与事件不符";
    Content = "content", "处方内容摘要不符";
    File = "file", "处方文件摘要不符";
    Settlement = "settlement", "结算与处方历史不符";
    Identity = "identity", "金额恒等式不成立";
    Reversal = "reversal", "撤销不是原结算的负数";
    Accumulator = "accumulator", "年度累计不符";
    Account = "account", "个人账户余额不符";
    Claim = "claim", "追溯码归属不符";
    Stock = "stock", "进销存账不符";
    Code = "code", "追溯码经历不符";
    Visit = "visit", "就诊与结算不符";
    Reim = "reim", "零星报销与其步骤或占用不符";
}

impl Report {
    /// Whether nothing differs.
    pub fn passes(&self) -> bool {
        self.differences_sum == 0
    }

    /// The kinds that occur, each once, in their order.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<_> = self.differences.iter().map(|difference| difference.kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    pub(super) fn differs(&mut self, kind: Kind, place: impl Into<String>, what: impl Into<String>) {
        self.differences_sum += 1;
        if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(Difference { kind, place: place.into(), what: what.into() });
        }
    }

    pub(super) fn unless(&mut self, holds: bool, kind: Kind, place: &str, what: impl FnOnce() -> String) {
        if !holds {
            self.differs(kind, place, what());
        }
    }

    /// A row that cannot be read is a difference; any other failure of the store ends the audit.
    pub(super) fn readable<T>(&mut self, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Inconsistent(row)) => {
                self.unreadable(&row);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    pub(super) fn unreadable(&mut self, row: &Inconsistency) {
        self.differs(Kind::Row, format!("{} {}", row.table, row.key), format!("{}列：{}", row.column, row.why));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "已核对：统筹区{}个，处方{}张，事件{}条，处方内容{}份，处方文件{}份，结算{}笔（其中撤销{}笔），\
             年度累计{}项，个人账户{}个，追溯码{}个，批次{}个，进销存{}条，门诊就诊{}次，零星报销{}笔",
            self.pools,
            self.prescriptions,
            self.events,
            self.contents,
            self.files,
            self.settlements,
            self.reversals,
            self.accumulators,
            self.accounts,
            self.claims,
            self.stock_lots,
            self.stock_moves,
            self.visits,
            self.reims
        )?;
        if self.passes() {
            return write!(f, "全部相符。");
        }
        writeln!(f, "发现{}处不符：", self.differences_sum)?;
        for difference in &self.differences {
            writeln!(f, "- {} {}：{}", difference.kind.name_cn(), difference.place, difference.what)?;
        }
        let unlisted = self.differences_sum - self.differences.len() as u64;
        if unlisted > 0 {
            writeln!(f, "- 另有{unlisted}处未列出")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report of so many differences.
    fn of(count: usize) -> Report {
        let mut report = Report::default();
        (0..count).for_each(|at| report.differs(Kind::Chain, at.to_string(), "不符"));
        report
    }

    #[test]
    fn all_differences_are_counted_and_a_thousand_kept() {
        let (full, past) = (of(DIFFERENCES_MAX), of(DIFFERENCES_MAX + 1));
        assert_eq!((full.differences.len(), past.differences.len()), (DIFFERENCES_MAX, DIFFERENCES_MAX));
        assert_eq!(past.differences_sum, 1_001);
        assert!(!full.to_string().contains("未列出"));
        assert!(past.to_string().ends_with("- 另有1处未列出\n"), "{past}");
    }
}
