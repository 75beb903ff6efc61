//! The amount identities of a settlement (fsi §2.4), added up again in 128 bits. Written from the interface's
//! text, not from `lf-settle`.

use lf_settle::{FundKind, LineShare, Shares};
use lf_vocab::Fen;

/// The identities that do not hold, in Chinese.
pub(super) fn broken(s: &Shares) -> Vec<String> {
    let mut found = Vec::new();
    let funds = [s.hifp_pay, s.cvlserv_pay, s.hifes_pay, s.hifmi_pay, s.hifob_pay, s.maf_pay, s.oth_pay, s.hifdm_pay];
    let scope = [s.fulamt_ownpay_amt, s.overlmt_selfpay, s.preselfpay_amt, s.inscp_scp_amt];
    let real = s.fund_details.iter().filter(|fund| fund.kind == FundKind::Fund).map(|fund| fund.fund_payamt);
    equal(
        &mut found,
        "医疗费总额=基金+个人+医院",
        s.medfee_sumamt,
        add([s.fund_pay_sumamt, s.psn_part_amt, s.hosp_part_amt]),
    );
    equal(&mut found, "个人负担=个人账户+现金", s.psn_part_amt, add([s.acct_pay, s.psn_cash_pay]));
    equal(&mut found, "基金支付=各基金之和", s.fund_pay_sumamt, add(funds));
    equal(&mut found, "基金支付=基金分项之和", s.fund_pay_sumamt, add(real));
    equal(&mut found, "医疗费总额=自费+超限价+先行自付+范围内", s.medfee_sumamt, add(scope));
    equal(&mut found, "医疗费总额=明细之和", s.medfee_sumamt, column(s, |line| line.det_item_fee_sumamt));
    equal(&mut found, "全自费=明细之和", s.fulamt_ownpay_amt, column(s, |line| line.fulamt_ownpay_amt));
    equal(&mut found, "超限价=明细之和", s.overlmt_selfpay, column(s, |line| line.overlmt_amt));
    equal(&mut found, "先行自付=明细之和", s.preselfpay_amt, column(s, |line| line.preselfpay_amt));
    equal(&mut found, "范围内=明细之和", s.inscp_scp_amt, column(s, |line| line.inscp_scp_amt));
    within(&mut found, "起付线在范围内金额之内", s.act_pay_dedc, s.inscp_scp_amt);
    within(&mut found, "共济支付在个人账户支付之内", s.acct_mulaid_pay, s.acct_pay);
    within(&mut found, "基金支付在范围内金额之内", s.fund_pay_sumamt, s.inscp_scp_amt);
    for line in &s.lines {
        check_line(&mut found, line);
    }
    found
}

fn check_line(found: &mut Vec<String>, line: &LineShare) {
    let parts = [line.fulamt_ownpay_amt, line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt];
    equal(found, "明细金额=自费+超限价+先行自付+范围内", line.det_item_fee_sumamt, add(parts));
    // Millionths of a yuan times ten-thousandths make 10^-10 yuan; a fen is 10^8 of them, halves away from zero.
    let product = i128::from(line.pric.get()) * i128::from(line.cnt.get());
    let fen = (product.abs() + 50_000_000) / 100_000_000 * product.signum();
    equal(found, "明细金额=单价×数量", line.det_item_fee_sumamt, fen);
}

fn equal(found: &mut Vec<String>, what: &str, left: Fen, right: i128) {
    if i128::from(left.get()) != right {
        found.push(format!("{what}：{}≠{right}（分）", left.get()));
    }
}

/// `part` points the same way as `whole` and is not larger.
fn within(found: &mut Vec<String>, what: &str, part: Fen, whole: Fen) {
    let (part, whole) = (i128::from(part.get()), i128::from(whole.get()));
    if part.abs() > whole.abs() || (part != 0 && part.signum() != whole.signum()) {
        found.push(format!("{what}：{part}，{whole}（分）"));
    }
}

fn add(amounts: impl IntoIterator<Item = Fen>) -> i128 {
    amounts.into_iter().map(|amount| i128::from(amount.get())).sum()
}

fn column(s: &Shares, of: fn(&LineShare) -> Fen) -> i128 {
    add(s.lines.iter().map(of))
}
