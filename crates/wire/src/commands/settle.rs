//! The pharmacy's settlement: 2101 and 2102 say the same, 2103 and 2601 take it back, 5203 asks for it.

use lf_center::{t2101_quote, t2103_refund, t2601_undo, t5203_settlement};
use lf_vocab::DrugTracCodg;
use lf_vocab::dict::{AcctUsedFlag, Insutype};

use super::Take;
use crate::defect::{Defect, Defects};
use crate::json::Value;
use crate::node::Node;

/// 2101, 2102.
pub fn t2102(node: &Node<'_>) -> Result<t2101_quote::Command, Defects> {
    let mut take = Take::default();
    let Some(info) = take.it(node.need_node("druginfo")) else { return take.done(|| None) };
    let psn_no = take.it(info.parse("psn_no"));
    let mdtrt_cert_type = take.it(info.need("mdtrt_cert_type").map(str::to_owned));
    let mdtrt_cert_no = take.it(info.need("mdtrt_cert_no").map(str::to_owned));
    let certno = take.it(info.parse_opt("certno"));
    let begntime = take.it(info.required("begntime", info.moment("begntime")));
    let medfee_sumamt = take.it(info.required("medfee_sumamt", info.fen("medfee_sumamt")));
    let insutype = take.it(info.code("insutype", Insutype::from_code));
    let med_type = take.it(info.need("med_type").map(str::to_owned));
    let acct_used_flag = take.it(info.code("acct_used_flag", AcctUsedFlag::from_code));
    let stated = take.it(stated(info));
    let lines: Vec<_> = node.nodes("drugdetail").iter().map(|row| fee_line(&mut take, node, row)).collect();
    take.done(|| {
        Some(t2101_quote::Command {
            psn_no: psn_no?,
            mdtrt_cert_type: mdtrt_cert_type?,
            mdtrt_cert_no: mdtrt_cert_no?,
            certno: certno?,
            psn_name: info.string("psn_name"),
            begntime: begntime?,
            medfee_sumamt: medfee_sumamt?,
            insutype: insutype?,
            med_type: med_type?,
            acct_used_flag: acct_used_flag?,
            lines: lines.into_iter().collect::<Option<_>>()?,
            stated: stated?,
        })
    })
}

fn fee_line(take: &mut Take, message: &Node<'_>, row: &Node<'_>) -> Option<t2101_quote::FeeLine> {
    let feedetl_sn = take.it(row.need("feedetl_sn").map(str::to_owned));
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let det_item_fee_sumamt = take.it(row.required("det_item_fee_sumamt", row.fen("det_item_fee_sumamt")));
    let cnt = take.it(row.required("cnt", row.qty("cnt")));
    let pric = take.it(row.required("pric", row.pric("pric")));
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
        dlv_fee_flag: dlv_fee_flag(row),
    })
}

/// A fee for delivery has no field of its own: the line's `exp_content` says so (GX-2.2f).
fn dlv_fee_flag(row: &Node<'_>) -> bool {
    let Some(Ok(said @ Value::Object(_))) = row.text("exp_content").map(|text| Value::parse(text.as_bytes())) else {
        return false;
    };
    matches!(said.get("dlv_fee_flag").and_then(Value::scalar), Some("1" | "true"))
}

/// Trace codes stand in the line or beside all lines, whichever spelling the client took (fsi.md §2.4).
fn codes<'n, 'a: 'n>(take: &mut Take, rows: impl IntoIterator<Item = &'n Node<'a>>) -> Vec<DrugTracCodg> {
    rows.into_iter().filter_map(|row| take.it(row.parse("drug_trac_codg"))).collect()
}

/// `exp_content` as JSON: what the counter states beyond the interface. Other content is not ours to read.
pub(super) fn stated(info: &Node<'_>) -> Result<t2101_quote::Stated, Defect> {
    let Some(text) = info.text("exp_content") else { return Ok(t2101_quote::Stated::default()) };
    let Ok(value @ Value::Object(_)) = Value::parse(text.as_bytes()) else {
        return Ok(t2101_quote::Stated::default());
    };
    let scalar = |name: &str| value.get(name).and_then(Value::scalar).filter(|text| !text.is_empty());
    let flag = |name: &str| scalar(name).map(|text| matches!(text, "1" | "true"));
    let print_time = scalar("print_time").map(str::parse).transpose();
    let print_time =
        print_time.map_err(|error: lf_vocab::DayError| info.defect("exp_content", format!("中的print_time{error}")))?;
    let face_score = scalar("face_score").map(|text| text.parse::<i64>().ok().filter(|of| (0..=100).contains(of)));
    let face_score =
        face_score.map(|of| of.ok_or_else(|| info.defect("exp_content", "中的face_score应为0至100的整数")));
    let media_sm3 =
        scalar("media_sm3").map(|text| lf_gm::hex::decode(text.as_bytes()).ok().filter(|sm3| sm3.len() == 32));
    let media_sm3 =
        media_sm3.map(|sm3| sm3.ok_or_else(|| info.defect("exp_content", "中的media_sm3应为64位十六进制的SM3")));
    let psn_match_rea = scalar("psn_match_rea").map(str::to_owned);
    if psn_match_rea.as_ref().is_some_and(|rea| rea.chars().count() > super::STATED_MAX) {
        return Err(info.defect("exp_content", "中的psn_match_rea超过50个字符"));
    }
    Ok(t2101_quote::Stated {
        print_time,
        psn_match_flag: flag("psn_match_flag"),
        face_score: face_score.transpose()?,
        psn_match_rea,
        media_ref: scalar("media_ref").map(str::to_owned),
        media_sm3: media_sm3.transpose()?.map(|sm3| lf_gm::hex::lower(&sm3)),
        phar_duty_flag: flag("phar_duty_flag"),
    })
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
