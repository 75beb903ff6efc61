//! What goods answer: 3501–3507 and 3501A nothing, 3503A and 3505A every row, the other batches those not taken, 3513 boxes, 3592B a number.

use lf_center::t3501_goods::{Command, Done};
use lf_center::{t3501_goods, t3508_goods_query, t3513_traces, t3592b_virtual};

use super::Payload;
use crate::generated::Transaction;
use crate::reply::Reply;

/// 3501–3507, 3501A–3507A.
pub fn goods(transaction: Transaction, reply: &t3501_goods::Reply, command: &Command) -> Payload {
    let rows = command.rows.iter().zip(&reply.rows);
    let mut out = Reply::new(transaction);
    match transaction {
        Transaction::T3503A | Transaction::T3505A => {
            out.each("rows", rows, |row, (told, done)| written(row, &told.told, done)).to_json()
        }
        Transaction::T3502A | Transaction::T3504A | Transaction::T3506A | Transaction::T3507A => {
            let refused = rows.filter(|(_, done)| done.refusal.is_some());
            out.each("rows", refused, |row, (told, done)| written(row, &told.told, done)).to_json()
        }
        _ => out.to_json(),
    }
}

/// A row as it was told, with what became of it.
fn written(row: &mut Reply, told: &[(String, String)], done: &Done) {
    let numbers = ["medins_prod_sel_no", "medins_prod_purc_no"];
    let own = ["ret_rslt", "msg_rslt", "medins_prod_sel_no", "medins_prod_purc_no"];
    for (name, text) in told.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        if row.has_field(name) {
            row.text(name, text.as_str());
        }
    }
    for name in numbers {
        if row.has_field(name) {
            row.text(name, done.medins_prod_no.as_str());
        }
    }
    match &done.refusal {
        None => row.text("ret_rslt", "1").text("msg_rslt", ""),
        Some(refusal) => row
            .text("ret_rslt", "0")
            .show("msg_rslt", format_args!("{}（{}，{}）", refusal.sentence, refusal.code, refusal.source)),
    };
}

/// 3508–3512.
pub fn t3508(transaction: Transaction, reply: &t3508_goods_query::Reply) -> Payload {
    const DERIVED: [&str; 15] = [
        "fixmedins_code",
        "fixmedins_bchno",
        "medins_list_codg",
        "medins_list_name",
        "bilg_dr_name",
        "medins_prod_inv_no",
        "medins_prod_inv_chg_no",
        "medins_prod_purc_no",
        "medins_prod_sel_no",
        "rid",
        "vali_flag",
        "prod_retn_flag",
        "opter_name",
        "poolarea_no",
        "fix_blng_admdvs",
    ];
    Reply::new(transaction)
        .each("data", &reply.rows, |row, found| {
            let told = found.moved.body.told.iter().map(|(name, _)| name.as_str());
            for name in
                told.chain(DERIVED).chain(["drug_trac_codg"]).filter(|name| row.has_field(name)).collect::<Vec<_>>()
            {
                if let Some(text) = found.field(name) {
                    row.text(name, text.as_str());
                }
            }
            for (name, at) in
                [("updt_time", found.moved.taken), ("crte_time", found.moved.taken), ("opt_time", found.moved.at)]
            {
                if row.has_field(name) {
                    row.moment(name, at);
                }
            }
        })
        .to_json()
}

/// 3513.
pub fn t3513(reply: &t3513_traces::Reply) -> Payload {
    Reply::new(Transaction::T3513)
        .each("data", &reply.rows, |row, traced| {
            let sale = &traced.sale;
            let told = |name: &str| sale.body.told(name);
            row.show("fixmedins_code", &sale.fixmedins_code)
                .text("med_list_codg", told("med_list_codg"))
                .text("medins_list_codg", told("fixmedins_hilist_id"))
                .text("medins_list_name", told("fixmedins_hilist_name"))
                .text("fixmedins_bchno", sale.fixmedins_bchno.as_str())
                .text("mdtrt_id", sale.mdtrt_sn.as_deref())
                .text("mdtrt_setl_type", told("mdtrt_setl_type"))
                .text("bkkp_sn", told("rtal_docno"))
                .show("drug_trac_codg", &traced.drug_trac_codg)
                .text("psn_no", sale.psn_no.as_ref().map(lf_vocab::PsnNo::as_str))
                .text("psn_cert_type", told("psn_cert_type"))
                .text("certno", told("certno"))
                .text("psn_name", told("psn_name"))
                .text("memo", told("memo"))
                .text("trdn_flag", told("trdn_flag"))
                .text("opter_name", told("sel_retn_opter_name"))
                .show("rid", format_args!("{}/{}", sale.fixmedins_bchno, sale.seq))
                .moment("updt_time", sale.taken)
                .moment("crte_time", sale.taken)
                .moment("opt_time", sale.at)
                .show("fix_blng_admdvs", sale.fixmedins_code.admdvs());
        })
        .to_json()
}

/// 3592B.
pub fn t3592b(reply: &t3592b_virtual::Reply, command: &t3592b_virtual::Command) -> Payload {
    Reply::new(Transaction::T3592B)
        .node("result", |node| {
            node.text("med_list_codg", command.med_list_codg.as_str())
                .text("fixmedins_hilist_id", command.fixmedins_hilist_id.as_str())
                .text("fixmedins_hilist_name", command.fixmedins_hilist_name.as_str())
                .show("drug_trac_codg", &reply.drug_trac_codg);
        })
        .to_json()
}
