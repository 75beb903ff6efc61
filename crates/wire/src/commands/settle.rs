//! The pharmacy's settlement: 2101 and 2102 say the same, 2103 and 2601 take it back, 5203 asks for it.

use lf_center::{t2101_quote, t2103_refund, t2601_undo, t5203_settlement};
use lf_vocab::DrugTracCodg;
use lf_vocab::dict::{AcctUsedFlag, Insutype};

use super::Take;
use super::delivery::STATED_MAX;
use super::extras::Extras;
use super::paper::paper;
use crate::defect::{Defect, Defects};
use crate::node::Node;

/// 2101, 2102.
pub fn t2102(node: &Node<'_>) -> Result<t2101_quote::Command, Defects> {
    let mut take = Take::default();
    let Some(info) = take.it(node.need_node("druginfo")) else { return take.done(|| None) };
    let psn_no = take.it(info.parse("psn_no"));
    let mdtrt_cert_type = take.it(info.need("mdtrt_cert_type").map(str::to_owned));
    let mdtrt_cert_no = take.it(info.need("mdtrt_cert_no").map(str::to_owned));
    let card_sn = take.it(info.parse_opt("card_sn"));
    let certno = take.it(info.parse_opt("certno"));
    let begntime = take.it(info.required("begntime", info.moment("begntime")));
    let medfee_sumamt = take.it(info.required("medfee_sumamt", info.fen("medfee_sumamt")));
    let insutype = take.it(info.code("insutype", Insutype::from_code));
    let med_type = take.it(info.need("med_type").map(str::to_owned));
    let acct_used_flag = take.it(info.code("acct_used_flag", AcctUsedFlag::from_code));
    let stated = stated(&mut take, info);
    let paper = paper(&mut take, info);
    let lines: Vec<_> = node.nodes("drugdetail").iter().map(|row| fee_line(&mut take, node, row)).collect();
    take.done(|| {
        Some(t2101_quote::Command {
            psn_no: psn_no?,
            mdtrt_cert_type: mdtrt_cert_type?,
            mdtrt_cert_no: mdtrt_cert_no?,
            card_sn: card_sn?,
            certno: certno?,
            psn_name: info.string("psn_name"),
            begntime: begntime?,
            medfee_sumamt: medfee_sumamt?,
            insutype: insutype?,
            med_type: med_type?,
            acct_used_flag: acct_used_flag?,
            lines: lines.into_iter().collect::<Option<_>>()?,
            stated: stated?,
            paper: paper?,
        })
    })
}

fn fee_line(take: &mut Take, message: &Node<'_>, row: &Node<'_>) -> Option<t2101_quote::FeeLine> {
    let feedetl_sn = take.it(row.need("feedetl_sn").map(str::to_owned));
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let det_item_fee_sumamt = take.it(row.required("det_item_fee_sumamt", row.fen("det_item_fee_sumamt")));
    let cnt = take.it(row.required("cnt", row.qty("cnt")));
    let pric = take.it(row.required("pric", row.pric("pric")));
    let dlv_fee_flag = take.it(dlv_fee_flag(row));
    let mut drug_trac_codg = codes(take, row.nodes("drug_trac_info"));
    let of_line =
        message.nodes("drug_trac_info").iter().filter(|code| code.text("feedetl_sn") == row.text("feedetl_sn"));
    for code in codes(take, of_line) {
        // Who fills in both levels has scanned the box once.
        if !drug_trac_codg.contains(&code) {
            drug_trac_codg.push(code);
        }
    }
    Some(t2101_quote::FeeLine {
        feedetl_sn: feedetl_sn?,
        rxno: row.string("rxno"),
        rx_circ_flag: row.flag("rx_circ_flag"),
        med_list_codg: med_list_codg?,
        det_item_fee_sumamt: det_item_fee_sumamt?,
        cnt: cnt?,
        pric: pric?,
        drug_trac_codg,
        dlv_fee_flag: dlv_fee_flag?,
    })
}

/// A fee for delivery has no field of its own: the line's `exp_content` says so (GX-2.2f).
fn dlv_fee_flag(row: &Node<'_>) -> Result<bool, Defect> {
    Ok(Extras::of_exp_content(row).flag("dlv_fee_flag")?.unwrap_or(false))
}

/// Trace codes stand in the line or beside all lines, whichever spelling the client took (fsi.md §2.4).
fn codes<'n, 'a: 'n>(take: &mut Take, rows: impl IntoIterator<Item = &'n Node<'a>>) -> Vec<DrugTracCodg> {
    rows.into_iter().filter_map(|row| take.it(row.parse("drug_trac_codg"))).collect()
}

/// `exp_content` as JSON: what the counter states beyond the interface. Other content is not ours to read.
pub(super) fn stated(take: &mut Take, info: &Node<'_>) -> Option<t2101_quote::Stated> {
    let said = Extras::of_exp_content(info);
    let print_time = take.it(said.parse("print_time"));
    let psn_match_flag = take.it(said.flag("psn_match_flag"));
    let face_score = take.it(face_score(&said));
    let psn_match_rea = take.it(said.short("psn_match_rea", STATED_MAX));
    let media_ref = take.it(said.word("media_ref").map(|word| word.map(str::to_owned)));
    let media_sm3 = take.it(said.sm3("media_sm3"));
    let phar_duty_flag = take.it(said.flag("phar_duty_flag"));
    Some(t2101_quote::Stated {
        print_time: print_time?,
        psn_match_flag: psn_match_flag?,
        face_score: face_score?,
        psn_match_rea: psn_match_rea?,
        media_ref: media_ref?,
        media_sm3: media_sm3?,
        phar_duty_flag: phar_duty_flag?,
    })
}

/// Of 100.
fn face_score(said: &Extras<'_, '_>) -> Result<Option<i64>, Defect> {
    let Some(text) = said.word("face_score")? else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(score) if (0..=100).contains(&score) => Ok(Some(score)),
        _ => Err(said.wrong("face_score应为0至100的整数")),
    }
}

/// 2103.
pub fn t2103(node: &Node<'_>) -> Result<t2103_refund::Command, Defects> {
    let mut take = Take::default();
    let setl_id = take.it(node.need("setl_id").map(str::to_owned));
    let mdtrt_id = take.it(node.need("mdtrt_id").map(str::to_owned));
    let psn_no = take.it(node.parse("psn_no"));
    take.done(|| Some(t2103_refund::Command { setl_id: setl_id?, mdtrt_id: mdtrt_id?, psn_no: psn_no? }))
}

/// 2601.
pub fn t2601(node: &Node<'_>) -> Result<t2601_undo::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let omsgid = take.it(node.need("omsgid").map(str::to_owned));
    let oinfno = take.it(node.need("oinfno").map(str::to_owned));
    take.done(|| Some(t2601_undo::Command { psn_no: psn_no?, omsgid: omsgid?, oinfno: oinfno? }))
}

/// 5203.
pub fn t5203(node: &Node<'_>) -> Result<t5203_settlement::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let setl_id = take.it(node.need("setl_id").map(str::to_owned));
    let mdtrt_id = node.string("mdtrt_id");
    take.done(|| Some(t5203_settlement::Command { psn_no: psn_no?, setl_id: setl_id?, mdtrt_id }))
}

#[cfg(test)]
mod tests;
