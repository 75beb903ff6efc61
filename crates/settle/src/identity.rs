//! The amount identities of the national interface (fsi §2.4), as a check of any stored or received
//! shares, settlement or reversal alike. Serves 2101–2103 and the audit.
//!
//! Invariant: sums are taken in 128 bits, so no evidence, however broken, overflows the check.

use lf_vocab::{Fen, Ratio};
use thiserror::Error;

use crate::shares::{FundKind, LineShare, Part, Shares};

/// One identity that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("金额恒等式{number}不成立（{what}）：{left}≠{right}")]
pub struct IdentityBroken {
    /// Number of the identity in fsi §2.4, 1–9; 10 is ours: the steps explain every fen.
    pub number: u8,
    /// What was compared; names the line where it is about one.
    pub what: String,
    /// The left side, in fen (millionths for identity 9).
    pub left: i128,
    /// The right side.
    pub right: i128,
}

/// Checks identities 1–9 and that the steps explain every fen.
///
/// # Errors
/// All that do not hold.
pub fn check_identities(shares: &Shares) -> Result<(), Vec<IdentityBroken>> {
    let mut broken = Broken(Vec::new());
    check_header(shares, &mut broken);
    for line in &shares.lines {
        check_line(line, &mut broken);
    }
    check_totals(shares, &mut broken);
    check_steps(shares, &mut broken);
    if broken.0.is_empty() { Ok(()) } else { Err(broken.0) }
}

fn check_header(s: &Shares, broken: &mut Broken) {
    let others = [s.hifmi_pay, s.hifob_pay, s.hifes_pay, s.cvlserv_pay, s.maf_pay, s.oth_pay, s.hifdm_pay];
    broken.unless_equal(
        1,
        "医疗费总额=基金+个人+医院",
        one(s.medfee_sumamt),
        sum([s.fund_pay_sumamt, s.psn_part_amt, s.hosp_part_amt]),
    );
    broken.unless_equal(2, "个人负担=个账+现金", one(s.psn_part_amt), sum([s.acct_pay, s.psn_cash_pay]));
    broken.unless_within(2, "共济支付含于个账支出", s.acct_mulaid_pay, s.acct_pay);
    broken.unless_equal(3, "基金支付=统筹+其他", one(s.fund_pay_sumamt), one(s.hifp_pay) + sum(others));
    broken.unless_equal(
        4,
        "医疗费总额=全自费+超限价+先行自付+政策范围内",
        one(s.medfee_sumamt),
        sum([s.fulamt_ownpay_amt, s.overlmt_selfpay, s.preselfpay_amt, s.inscp_scp_amt]),
    );
    broken.unless_within(7, "起付线含于政策范围内金额", s.act_pay_dedc, s.inscp_scp_amt);
    let real = s.fund_details.iter().filter(|f| f.kind == FundKind::Fund).map(|f| f.fund_payamt);
    broken.unless_equal(8, "基金分项合计=基金支付总额", sum(real), one(s.fund_pay_sumamt));
    let ratio = s.pool_prop_selfpay.get();
    broken.unless_equal(9, "统筹支付比例在0到1之间", ratio.into(), ratio.clamp(0, Ratio::ONE.get()).into());
}

fn check_line(line: &LineShare, broken: &mut Broken) {
    let parts = [line.fulamt_ownpay_amt, line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt];
    let what = || format!("明细{}", line.feedetl_sn);
    broken.unless_equal(5, what(), one(line.det_item_fee_sumamt), sum(parts));
    for part in parts {
        broken.unless_within(5, what(), part, line.det_item_fee_sumamt);
    }
    let computed = line.pric.times(line.cnt).map_or(i128::MAX, one);
    broken.unless_equal(6, what(), one(line.det_item_fee_sumamt), computed);
}

fn check_totals(s: &Shares, broken: &mut Broken) {
    let total = |of: fn(&LineShare) -> Fen| sum(s.lines.iter().map(of));
    for (number, what, header, lines) in [
        (6, "明细金额合计", s.medfee_sumamt, total(|l| l.det_item_fee_sumamt)),
        (5, "全自费合计", s.fulamt_ownpay_amt, total(|l| l.fulamt_ownpay_amt)),
        (5, "超限价合计", s.overlmt_selfpay, total(|l| l.overlmt_amt)),
        (5, "先行自付合计", s.preselfpay_amt, total(|l| l.preselfpay_amt)),
        (5, "政策范围内合计", s.inscp_scp_amt, total(|l| l.inscp_scp_amt)),
        (5, "医院负担合计", s.hosp_part_amt, total(|l| l.hosp_part_amt)),
    ] {
        broken.unless_equal(number, what, one(header), lines);
    }
}

fn check_steps(s: &Shares, broken: &mut Broken) {
    let of = |wanted: fn(Part) -> bool| sum(s.steps.iter().filter(|step| wanted(step.part)).map(|step| step.amount));
    for (what, amount, steps) in [
        ("费用各部分合计", one(s.medfee_sumamt) - one(s.hosp_part_amt), of(Part::of_fee)),
        ("个人负担来源合计", one(s.psn_part_amt), of(Part::pays_person_part)),
        ("基金支付", one(s.fund_pay_sumamt), of(|part| part == Part::Fund)),
        ("起付线", one(s.act_pay_dedc), of(|part| part == Part::Deductible)),
        ("先行自付", one(s.preselfpay_amt), of(|part| part == Part::FirstSelfPay)),
        ("全自费", one(s.fulamt_ownpay_amt), of(|part| part == Part::OwnExpense)),
        ("超限价", one(s.overlmt_selfpay), of(|part| part == Part::OverStandard)),
    ] {
        broken.unless_equal(10, what, amount, steps);
    }
}

fn one(amount: Fen) -> i128 {
    i128::from(amount.get())
}

fn sum(amounts: impl IntoIterator<Item = Fen>) -> i128 {
    amounts.into_iter().map(one).sum()
}

struct Broken(Vec<IdentityBroken>);

impl Broken {
    fn unless_equal(&mut self, number: u8, what: impl Into<String>, left: i128, right: i128) {
        if left != right {
            self.0.push(IdentityBroken { number, what: what.into(), left, right });
        }
    }

    /// `part` has the sign of `whole` and is not larger.
    fn unless_within(&mut self, number: u8, what: impl Into<String>, part: Fen, whole: Fen) {
        let within = part.get().clamp(whole.get().min(0), whole.get().max(0));
        self.unless_equal(number, what, one(part), i128::from(within));
    }
}
