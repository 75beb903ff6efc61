//! What a settlement answers: 2101, 2102, 2103, 2601, 5203. Amounts are the settlement's own; nothing is computed here.

use lf_center::t3201_statement::CLR_TYPE;
use lf_center::{t2101_quote, t2102_settle, t2103_refund, t5203_settlement};
use lf_ports::{Person, Setl};
use lf_settle::{FundShare, LineShare, Shares};
use lf_vocab::{Fen, Moment};

use super::Payload;
use crate::generated::Transaction;
use crate::reply::Reply;

/// What stands where there is no limit, as one province's center was seen to write it (fsi.md §2.4).
pub(super) const NO_LIMIT: &str = "99999999.000000";
const NO_LIMIT_FEN: &str = "99999999.00";
/// The longest explanation that fits `setl_proc_info`.
const PROC_INFO_MAX: usize = 4000;
/// 清算方式: by item. 清算类别: 药店购药.
const CLR_WAY: &str = "1";
/// 支付地点类别: at the institution.
const PAY_LOC: &str = "2";

/// 2101. A quote has neither a settlement's number nor a visit's; both are required texts, so they are empty.
pub fn t2101(reply: &t2101_quote::Reply, command: &t2101_quote::Command, now: Moment) -> Payload {
    let mut out = Reply::new(Transaction::T2101);
    out.node("setlinfo", |node| {
        node.text("mdtrt_id", "");
        quote(node, reply, (command.mdtrt_cert_type.as_str(), command.med_type.as_str()), now);
    });
    parts(&mut out, &reply.shares);
    out.to_json()
}

/// 2102.
pub fn t2102(reply: &t2102_settle::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T2102);
    out.node("setlinfo", |node| settlement(node, reply));
    parts(&mut out, &reply.setl.shares);
    out.to_json()
}

/// What 2101 and 2206 say of a quote besides the visit.
pub(super) fn quote(node: &mut Reply, reply: &t2101_quote::Reply, (cert_type, med_type): (&str, &str), now: Moment) {
    node.text("medins_setl_id", "");
    person(node, &reply.person, now);
    node.text("mdtrt_cert_type", cert_type).text("med_type", med_type);
    node.moment("setl_time", now).text("clr_way", CLR_WAY).text("clr_type", CLR_TYPE);
    amounts(node, &reply.shares);
    node.fen("hosp_part_amt", reply.shares.hosp_part_amt);
}

/// What 2102 and 2207 say of a settlement.
pub(super) fn settlement(node: &mut Reply, reply: &t2102_settle::Reply) {
    let setl = &reply.setl;
    kinds(node, setl);
    person(node, &reply.person, setl.setl_time);
    numbers(node, setl);
    node.fen("hosp_part_amt", setl.shares.hosp_part_amt);
}

/// By which credential, as what, and how it is cleared.
pub(super) fn kinds(node: &mut Reply, setl: &Setl) {
    node.text("mdtrt_cert_type", setl.mdtrt_cert_type.as_str())
        .text("med_type", setl.med_type.as_str())
        .text("clr_way", CLR_WAY)
        .text("clr_type", CLR_TYPE);
}

/// 2103: both spellings of the two personal amounts come from the table.
pub fn t2103(reply: &t2103_refund::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T2103);
    out.node("setlinfo", |node| numbers(node, &reply.setl));
    funds(&mut out, &reply.setl.shares);
    out.to_json()
}

/// A message of the REST front has no number of its own, so the settlement's stands for it.
pub(super) fn numbers(node: &mut Reply, setl: &Setl) {
    node.text("setl_id", setl.setl_id.as_str())
        .text("mdtrt_id", setl.mdtrt_id.as_str())
        .text("medins_setl_id", setl.medins_setl_id.as_deref().unwrap_or(&setl.setl_id))
        .moment("setl_time", setl.setl_time)
        .show("clr_optins", setl.accum_key.poolarea_no);
    amounts(node, &setl.shares);
}

pub(super) fn person(node: &mut Reply, person: &Person, now: Moment) {
    let years = full_years(person, now);
    node.text("psn_no", person.psn_no.as_str())
        .text("psn_name", person.psn_name.as_str())
        .text("psn_cert_type", person.psn_cert_type.as_str())
        .text("certno", person.certno.as_str())
        .text("gend", person.gend.as_str())
        .day("brdy", person.brdy)
        .integer("age", years)
        .text("insutype", person.insutype.code())
        .text("psn_type", person.psn_type.code())
        .flag("cvlserv_flag", person.cvlserv);
}

pub(super) fn full_years(person: &Person, now: Moment) -> i64 {
    let (birth, today) = (person.brdy.ymd(), now.day().ymd());
    let before_birthday = (today.1, today.2) < (birth.1, birth.2);
    i64::from(today.0 - birth.0) - i64::from(before_birthday)
}

fn amounts(node: &mut Reply, shares: &Shares) {
    for (name, amount) in [
        ("medfee_sumamt", shares.medfee_sumamt),
        ("fulamt_ownpay_amt", shares.fulamt_ownpay_amt),
        ("overlmt_selfpay", shares.overlmt_selfpay),
        ("preselfpay_amt", shares.preselfpay_amt),
        ("inscp_scp_amt", shares.inscp_scp_amt),
        ("act_pay_dedc", shares.act_pay_dedc),
        ("hifp_pay", shares.hifp_pay),
        ("cvlserv_pay", shares.cvlserv_pay),
        ("hifes_pay", shares.hifes_pay),
        ("hifmi_pay", shares.hifmi_pay),
        ("hifob_pay", shares.hifob_pay),
        ("maf_pay", shares.maf_pay),
        ("oth_pay", shares.oth_pay),
        ("hifdm_pay", shares.hifdm_pay),
        ("fund_pay_sumamt", shares.fund_pay_sumamt),
        ("psn_part_amt", shares.psn_part_amt),
        ("acct_pay", shares.acct_pay),
        ("psn_cash_pay", shares.psn_cash_pay),
        ("balc", shares.balc),
        ("acct_mulaid_pay", shares.acct_mulaid_pay),
    ] {
        if node.has_field(name) {
            node.fen(name, amount);
        }
    }
    node.show("pool_prop_selfpay", shares.pool_prop_selfpay.to_four());
}

/// 2601 has no output.
pub fn t2601() -> Payload {
    Reply::new(Transaction::T2601).to_json()
}

/// 5203. Its table has no 伤残人员医疗保障基金支出, of which there is none at a pharmacy.
pub fn t5203(reply: &t5203_settlement::Reply) -> Payload {
    let setl = &reply.setl;
    let mut out = Reply::new(Transaction::T5203);
    out.node("setlinfo", |node| {
        person(node, &reply.person, setl.setl_time);
        numbers(node, setl);
        node.text("pay_loc", PAY_LOC)
            .show("insu_optins", setl.accum_key.poolarea_no)
            .show("fixmedins_code", &setl.fixmedins_code)
            .text("fixmedins_name", reply.fixmedins_name.as_str())
            .show("fixmedins_poolarea", setl.poolarea_no)
            .day("begndate", setl.setl_time.day())
            .day("enddate", setl.setl_time.day())
            .flag("refd_setl_flag", reply.refd)
            .show("year", setl.setl_time.day().year());
        kinds(node, setl);
    });
    funds(&mut out, &setl.shares);
    out.to_json()
}

fn parts(out: &mut Reply, shares: &Shares) {
    funds(out, shares);
    out.each("detlcutinfo", &shares.lines, line);
}

/// What each fund pays.
pub(super) fn funds(out: &mut Reply, shares: &Shares) {
    out.each("setldetail", shares.fund_details.iter().enumerate(), |row, (at, fund)| fund_row(row, fund, at, shares));
}

/// The first fund carries the explanation: which provision gave which fen.
fn fund_row(row: &mut Reply, fund: &FundShare, at: usize, shares: &Shares) {
    row.text("fund_pay_type", fund.fund_pay_type.as_str())
        .text("fund_pay_type_name", fund.name.as_str())
        .fen("inscp_scp_amt", fund.inscp_scp_amt)
        .fen("fund_payamt", fund.fund_payamt);
    match fund.crt_payb_lmt_amt {
        Some(limit) => row.fen("crt_payb_lmt_amt", limit),
        None => row.text("crt_payb_lmt_amt", NO_LIMIT_FEN),
    };
    if at == 0 {
        row.text("setl_proc_info", explanation(shares).as_str());
    }
}

fn explanation(shares: &Shares) -> String {
    joined(shares.steps.iter().filter(|step| step.amount != Fen::ZERO).map(ToString::to_string))
}

/// Whole sentences as far as the field holds them.
fn joined(sentences: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if text.chars().count() + sentence.chars().count() + 1 > PROC_INFO_MAX {
            break;
        }
        if !text.is_empty() {
            text.push('；');
        }
        text.push_str(&sentence);
    }
    text
}

fn line(row: &mut Reply, line: &LineShare) {
    row.text("feedetl_sn", line.feedetl_sn.as_str())
        .fen("det_item_fee_sumamt", line.det_item_fee_sumamt)
        .qty("cnt", line.cnt)
        .pric("pric", line.pric)
        .show("selfpay_prop", line.selfpay_prop.to_four())
        .fen("fulamt_ownpay_amt", line.fulamt_ownpay_amt)
        .fen("overlmt_amt", line.overlmt_amt)
        .fen("preselfpay_amt", line.preselfpay_amt)
        .fen("inscp_scp_amt", line.inscp_scp_amt)
        .text("chrgitm_lv", line.chrgitm_lv.code())
        .text("med_chrgitm_type", med_chrgitm_type(line.med_list_codg.as_str()));
    match line.pric_uplmt_amt {
        Some(limit) => row.pric("pric_uplmt_amt", limit),
        None => row.text("pric_uplmt_amt", NO_LIMIT),
    };
}

/// 医疗收费项目类别 by the family of the drug code: 西药费, 中成药费, 中药饮片费, else 其他费.
pub(super) fn med_chrgitm_type(med_list_codg: &str) -> &'static str {
    match med_list_codg.as_bytes().first() {
        Some(b'X') => "09",
        Some(b'Z') => "11",
        Some(b'T') => "10",
        _ => "14",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_ends_with_the_last_sentence_that_fits() {
        let joined = |lengths: &[usize]| joined(lengths.iter().map(|length| "分".repeat(*length))).chars().count();
        // With the mark between them, two sentences of these lengths fill the field to its last character.
        assert_eq!(joined(&[2_000, PROC_INFO_MAX - 2_001]), PROC_INFO_MAX);
        assert_eq!(joined(&[2_000, PROC_INFO_MAX - 2_000]), 2_000);
        assert_eq!(joined(&[]), 0);
    }
}
