//! What is to be settled: the lines and claims of 2101/2102, and whether they can be settled at all.
//!
//! Invariant: a case that passes `Case::check` has 1..=[`MAX_LINES`] lines with positive amounts
//! that agree with count × price, and their sum is the claimed total.

use std::collections::BTreeSet;

use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Day, Fen, MedListCodg, Pric, Qty};
use serde::{Deserialize, Serialize};

use crate::accumulator::Accumulator;
use crate::refusal::Refusal;

/// Lines of one settlement at most.
pub const MAX_LINES: usize = 200;

/// Total of one settlement at most: ten million yuan, in fen. No outpatient purchase reaches it.
pub const MAX_MEDFEE_FEN: Fen = Fen::new(1_000_000_000);

/// One purchase to be settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The lines, `drugdetail`.
    pub lines: Vec<Line>,
    /// The day whose year and month the amounts count in (`begntime`).
    pub day: Day,
    /// The claimed total, `medfee_sumamt`.
    pub medfee_sumamt: Fen,
    /// Which personal account is to pay, `acct_used_flag`.
    pub acct: AcctUsedFlag,
    /// The balance of that account.
    pub acct_balance: Fen,
}

/// One line of `drugdetail`, with what the catalogue says about it on that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// 费用明细流水号, unique within the case.
    pub feedetl_sn: String,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 数量.
    pub cnt: Qty,
    /// 单价.
    pub pric: Pric,
    /// The claimed line amount.
    pub det_item_fee_sumamt: Fen,
    /// 甲, 乙, 丙.
    pub chrgitm_lv: ChrgitmLv,
    /// The payment standard a unit, where there is one.
    pub pric_uplmt: Option<Pric>,
    /// Whether the fund may pay for it here and now; `false` makes it wholly the person's.
    pub in_scope: bool,
}

impl Case {
    /// The first reason, in the documented order of [`Refusal`], why it cannot be settled.
    pub(crate) fn check(&self, acc: &Accumulator) -> Result<(), Refusal> {
        self.check_shape()?;
        for line in &self.lines {
            line.check()?;
        }
        let sum = Fen::sum(self.lines.iter().map(|l| l.det_item_fee_sumamt))
            .filter(|sum| *sum <= MAX_MEDFEE_FEN)
            .ok_or(Refusal::TotalBeyondLimit)?;
        if sum != self.medfee_sumamt {
            return Err(Refusal::TotalMismatch { claimed: self.medfee_sumamt, computed: sum });
        }
        if self.acct_balance.is_negative() {
            return Err(Refusal::NegativeBalance);
        }
        if acc.year() != self.day.year() {
            return Err(Refusal::WrongYear { accumulator: acc.year(), case: self.day.year() });
        }
        Ok(())
    }

    fn check_shape(&self) -> Result<(), Refusal> {
        if self.lines.is_empty() {
            return Err(Refusal::NoLines);
        }
        if self.lines.len() > MAX_LINES {
            return Err(Refusal::TooManyLines { count: self.lines.len() });
        }
        let mut seen = BTreeSet::new();
        for line in &self.lines {
            if !seen.insert(line.feedetl_sn.as_str()) {
                return Err(Refusal::DuplicateLine { feedetl_sn: line.feedetl_sn.clone() });
            }
        }
        Ok(())
    }
}

impl Line {
    fn check(&self) -> Result<(), Refusal> {
        let feedetl_sn = || self.feedetl_sn.clone();
        if self.cnt <= Qty::ZERO {
            return Err(Refusal::CountNotPositive { feedetl_sn: feedetl_sn(), cnt: self.cnt });
        }
        if self.pric <= Pric::ZERO {
            return Err(Refusal::PriceNotPositive { feedetl_sn: feedetl_sn(), pric: self.pric });
        }
        if self.pric_uplmt.is_some_and(Pric::is_negative) {
            return Err(Refusal::StandardNegative { feedetl_sn: feedetl_sn() });
        }
        if self.det_item_fee_sumamt <= Fen::ZERO {
            return Err(Refusal::AmountNotPositive { feedetl_sn: feedetl_sn(), claimed: self.det_item_fee_sumamt });
        }
        let computed = self
            .pric
            .times(self.cnt)
            .filter(|amount| *amount <= MAX_MEDFEE_FEN)
            .ok_or_else(|| Refusal::LineBeyondLimit { feedetl_sn: feedetl_sn() })?;
        if computed != self.det_item_fee_sumamt {
            let claimed = self.det_item_fee_sumamt;
            return Err(Refusal::LineMismatch { feedetl_sn: feedetl_sn(), claimed, computed });
        }
        Ok(())
    }
}
