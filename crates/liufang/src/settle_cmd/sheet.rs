//! The quote as JSON: the amounts by their names of 2101, and the provision behind every one.

use lf_law::{Law, Saying};
use lf_settle::{FundShare, LineShare, Part, Scheme, Shares, Step};
use lf_vocab::Fen;
use serde_json::{Value, json};

use super::Facts;

/// Everything that is said of a quote.
pub fn sheet(law: &Law, facts: &Facts, scheme: &Scheme, shares: &Shares) -> Value {
    json!({
        "scheme": { "code": scheme.code, "name": scheme.name, "shared_limits": shares.pots },
        "law_edition": law.edition(),
        "setlinfo": setlinfo(shares),
        "setldetail": shares.fund_details.iter().map(fund).collect::<Vec<_>>(),
        "detlcutinfo": shares.lines.iter().map(line).collect::<Vec<_>>(),
        "explain": shares.steps.iter().map(|step| explained(law, facts, step)).collect::<Vec<_>>(),
    })
}

fn setlinfo(s: &Shares) -> Value {
    json!({
        "medfee_sumamt": yuan(s.medfee_sumamt),
        "fulamt_ownpay_amt": yuan(s.fulamt_ownpay_amt),
        "overlmt_selfpay": yuan(s.overlmt_selfpay),
        "preselfpay_amt": yuan(s.preselfpay_amt),
        "inscp_scp_amt": yuan(s.inscp_scp_amt),
        "act_pay_dedc": yuan(s.act_pay_dedc),
        "pool_prop_selfpay": s.pool_prop_selfpay.to_four(),
        "hifp_pay": yuan(s.hifp_pay),
        "fund_pay_sumamt": yuan(s.fund_pay_sumamt),
        "psn_part_amt": yuan(s.psn_part_amt),
        "acct_pay": yuan(s.acct_pay),
        "acct_mulaid_pay": yuan(s.acct_mulaid_pay),
        "psn_cash_pay": yuan(s.psn_cash_pay),
        "hosp_part_amt": yuan(s.hosp_part_amt),
        "balc": yuan(s.balc),
    })
}

fn fund(fund: &FundShare) -> Value {
    json!({
        "fund_pay_type": fund.fund_pay_type,
        "fund_pay_type_name": fund.name,
        "inscp_scp_amt": yuan(fund.inscp_scp_amt),
        "crt_payb_lmt_amt": fund.crt_payb_lmt_amt.map(yuan),
        "fund_payamt": yuan(fund.fund_payamt),
    })
}

fn line(line: &LineShare) -> Value {
    json!({
        "feedetl_sn": line.feedetl_sn,
        "med_list_codg": line.med_list_codg.as_str(),
        "det_item_fee_sumamt": yuan(line.det_item_fee_sumamt),
        "cnt": line.cnt.to_string(),
        "pric": line.pric.to_string(),
        "pric_uplmt_amt": line.pric_uplmt_amt.map(|standard| standard.to_string()),
        "chrgitm_lv": line.chrgitm_lv.code(),
        "selfpay_prop": line.selfpay_prop.to_four(),
        "fulamt_ownpay_amt": yuan(line.fulamt_ownpay_amt),
        "overlmt_amt": yuan(line.overlmt_amt),
        "preselfpay_amt": yuan(line.preselfpay_amt),
        "inscp_scp_amt": yuan(line.inscp_scp_amt),
    })
}

fn explained(law: &Law, facts: &Facts, step: &Step) -> Value {
    let saying = saying(law, facts, &step.provision);
    json!({
        "part": part(step.part),
        "feedetl_sn": step.feedetl_sn,
        "what": step.what,
        "amount": yuan(step.amount),
        "provision": step.provision,
        "cite": saying.as_ref().map(|one| &one.cite),
        "quote": saying.as_ref().map(|one| &one.quote),
        "confidence": saying.as_ref().map(|one| one.confidence),
    })
}

/// What the provision says on the day; `id@day` is how an amount names it.
fn saying(law: &Law, facts: &Facts, provision: &str) -> Option<Saying> {
    let (id, _) = provision.split_once('@')?;
    let ask = facts.ask();
    law.explain(&ask.place, id, ask.day).ok()?.in_force
}

fn part(part: Part) -> &'static str {
    match part {
        Part::OwnExpense => "全自费",
        Part::OverStandard => "超限价",
        Part::FirstSelfPay => "先行自付",
        Part::Deductible => "起付",
        Part::CoPay => "按比例自付",
        Part::OverCap => "超封顶",
        Part::Fund => "基金支付",
        Part::Account => "个人账户",
        Part::MutualAid => "共济账户",
        Part::Cash => "现金",
    }
}

fn yuan(amount: Fen) -> String {
    amount.to_string()
}
