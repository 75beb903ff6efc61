//! What the clinic route answers: 2201, 2204, 2206, 2207, 2208; and nothing for 2202, 2203A, 2205.

use lf_center::{t2101_quote, t2102_settle, t2103_refund, t2201_register, t2204_fees, t2206_clinic};
use lf_vocab::Moment;

use super::Payload;
use super::settle::{NO_LIMIT, funds, kinds, med_chrgitm_type, numbers, quote, settlement};
use crate::generated::Transaction;
use crate::reply::Reply;

/// 2201.
pub fn t2201(reply: &t2201_register::Reply, command: &t2201_register::Command) -> Payload {
    let mut out = Reply::new(Transaction::T2201);
    out.node("mdtrt", |node| {
        node.text("mdtrt_id", reply.mdtrt_id.as_str())
            .text("psn_no", command.psn_no.as_str())
            .text("ipt_otp_no", command.ipt_otp_no.as_str());
    });
    out.to_json()
}

/// 2202, 2203A and 2205 have no output.
pub fn t2202(transaction: Transaction) -> Payload {
    Reply::new(transaction).to_json()
}

/// 2204. Who pays what of a line is 2206's to say.
pub fn t2204(reply: &t2204_fees::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T2204);
    out.each("result", &reply.lines, |row, line| {
        row.text("feedetl_sn", line.fee.feedetl_sn.as_str())
            .fen("det_item_fee_sumamt", line.fee.det_item_fee_sumamt)
            .qty("cnt", line.fee.cnt)
            .pric("pric", line.fee.pric)
            .text("chrgitm_lv", line.chrgitm_lv.code())
            .text("med_chrgitm_type", med_chrgitm_type(line.fee.med_list_codg.as_str()))
            .flag("hi_nego_drug_flag", line.hi_nego)
            .flag("lmt_used_flag", line.lmt_used);
        match line.pric_uplmt {
            Some(limit) => row.pric("pric_uplmt_amt", limit),
            None => row.text("pric_uplmt_amt", NO_LIMIT),
        };
    });
    out.to_json()
}

/// 2206. A quote has no settlement's number, which is a required text.
pub fn t2206(reply: &t2101_quote::Reply, command: &t2206_clinic::Command, now: Moment) -> Payload {
    let mut out = Reply::new(Transaction::T2206);
    out.node("setlinfo", |node| {
        node.text("mdtrt_id", command.mdtrt_id.as_str());
        quote(node, reply, (command.mdtrt_cert_type.as_str(), command.med_type.as_str()), now);
    });
    funds(&mut out, &reply.shares);
    out.to_json()
}

/// 2207.
pub fn t2207(reply: &t2102_settle::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T2207);
    out.node("setlinfo", |node| settlement(node, reply));
    funds(&mut out, &reply.setl.shares);
    out.to_json()
}

/// 2208: a negative settlement.
pub fn t2208(reply: &t2103_refund::Reply) -> Payload {
    let setl = &reply.setl;
    let mut out = Reply::new(Transaction::T2208);
    out.node("setlinfo", |node| {
        kinds(node, setl);
        numbers(node, setl);
        node.fen("hosp_part_amt", setl.shares.hosp_part_amt)
            .text("psn_no", setl.accum_key.psn_no.as_str())
            .text("insutype", setl.insutype.code());
    });
    funds(&mut out, &setl.shares);
    out.to_json()
}
