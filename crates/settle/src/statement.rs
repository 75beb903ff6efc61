//! Statements between the center and an institution: totals (3201) and details (3202) of a period. Serves HB-3.8's side
//! of settlement and the monthly clearing.
//!
//! A reversal is a row of its own with negative amounts in the period in which it was made, so a cleared period never
//! changes. Invariants: every row of both sides is in exactly one [`Finding`]; sums are checked, never wrapped.

use std::collections::BTreeMap;

use lf_vocab::Fen;
use serde::{Deserialize, Serialize};

use crate::shares::Shares;

/// What settlements of a period add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// 个人账户支付金额; no part of the fund's.
    pub acct_pay: Fen,
    /// 现金支付金额.
    pub psn_cash_pay: Fen,
    /// 结算笔数; a reversal is one too.
    pub cnt: u64,
}

impl Totals {
    /// The sums; `None` beyond the range.
    pub fn of<'a>(settlements: impl IntoIterator<Item = &'a Shares>) -> Option<Self> {
        settlements.into_iter().try_fold(Self::default(), |sum, shares| sum.with(shares))
    }

    /// With one more settlement or reversal.
    pub fn with(self, shares: &Shares) -> Option<Self> {
        Some(Self {
            medfee_sumamt: self.medfee_sumamt.checked_add(shares.medfee_sumamt)?,
            fund_pay_sumamt: self.fund_pay_sumamt.checked_add(shares.fund_pay_sumamt)?,
            acct_pay: self.acct_pay.checked_add(shares.acct_pay)?,
            psn_cash_pay: self.psn_cash_pay.checked_add(shares.psn_cash_pay)?,
            cnt: self.cnt.checked_add(1)?,
        })
    }
}

/// One row of a statement's details (3202), as either side has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// 结算ID.
    pub setl_id: String,
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 人员编号.
    pub psn_no: String,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// 个人账户支出.
    pub acct_pay: Fen,
    /// Of a reversal, the settlement that it takes back.
    pub refd_setl_id: Option<String>,
    /// 退费结算标志.
    pub refd_setl_flag: bool,
}

/// What comparing two statements found of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// Both have it, alike.
    Same,
    /// Both have it, with other amounts.
    Amounts,
    /// Both have it, as another visit or person.
    Other,
    /// Only the center has it.
    OnlyCenter,
    /// Only the institution has it.
    OnlyTheirs,
    /// The institution has it once more.
    Twice,
}

impl Finding {
    /// In Chinese.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Same => "一致",
            Self::Amounts => "双方都有，金额不一致",
            Self::Other => "双方都有，就诊ID或人员编号不一致",
            Self::OnlyCenter => "中心端有，机构端没有",
            Self::OnlyTheirs => "机构端有，中心端没有",
            Self::Twice => "机构端重复",
        }
    }
}

/// One compared row: as each side has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared<'a> {
    /// What was found.
    pub finding: Finding,
    /// Its place in the center's rows.
    pub ours: Option<usize>,
    /// The institution's row.
    pub theirs: Option<&'a Row>,
}

/// Compares details row by row: first the institution's in their order, then what only the center has.
///
/// A reversal is found by its own 结算ID or by that of the settlement which it takes back: institutions send either.
pub fn compare<'a>(ours: &[Row], theirs: &'a [Row]) -> Vec<Compared<'a>> {
    let mut places = BTreeMap::new();
    for (at, row) in ours.iter().enumerate() {
        if let (Some(refd), true) = (&row.refd_setl_id, row.refd_setl_flag) {
            places.insert((refd.as_str(), true), at);
        }
    }
    for (at, row) in ours.iter().enumerate() {
        places.insert((row.setl_id.as_str(), row.refd_setl_flag), at);
    }
    let mut met = vec![false; ours.len()];
    let mut compared = Vec::with_capacity(theirs.len());
    for row in theirs {
        let at = places.get(&(row.setl_id.as_str(), row.refd_setl_flag)).copied();
        let known = at.and_then(|at| ours.get(at).zip(met.get_mut(at)));
        let finding = match known {
            None => Finding::OnlyTheirs,
            Some((_, met)) if *met => Finding::Twice,
            Some((own, met)) => {
                *met = true;
                of(own, row)
            }
        };
        compared.push(Compared { finding, ours: at, theirs: Some(row) });
    }
    let left = met.iter().enumerate().filter(|(_, met)| !**met);
    compared.extend(left.map(|(at, _)| Compared { finding: Finding::OnlyCenter, ours: Some(at), theirs: None }));
    compared
}

fn of(own: &Row, row: &Row) -> Finding {
    if own.mdtrt_id != row.mdtrt_id || own.psn_no != row.psn_no {
        return Finding::Other;
    }
    let amounts = |row: &Row| (row.medfee_sumamt, row.fund_pay_sumamt, row.acct_pay);
    if amounts(own) == amounts(row) { Finding::Same } else { Finding::Amounts }
}
