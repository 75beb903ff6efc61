//! What the clinic route answers: 2201, 2204, 2206, 2207, 2208; and nothing for 2202, 2203A, 2205.

use lf_center::t3201_statement::CLR_TYPE;
use lf_center::{t2101_quote, t2102_settle, t2103_refund, t2201_register, t2204_fees, t2206_clinic};
use lf_vocab::Moment;

use super::Payload;
use super::settle::{CLR_WAY, NO_LIMIT, amounts, fund_row, funds, med_chrgitm_type, numbers, person};
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
        node.text("mdtrt_id", command.mdtrt_id.as_str()).text("medins_setl_id", "");
        person(node, &reply.person, now);
        node.text("mdtrt_cert_type", command.mdtrt_cert_type.as_str()).text("med_type", command.med_type.as_str());
        node.moment("setl_time", now).text("clr_way", CLR_WAY).text("clr_type", CLR_TYPE);
        amounts(node, &reply.shares);
        node.fen("hosp_part_amt", reply.shares.hosp_part_amt);
    });
    out.each("setldetail", funds(&reply.shares), |row, (at, fund)| fund_row(row, fund, at, &reply.shares));
    out.to_json()
}

/// 2207.
pub fn t2207(reply: &t2102_settle::Reply) -> Payload {
    let setl = &reply.setl;
    let mut out = Reply::new(Transaction::T2207);
    out.node("setlinfo", |node| {
        node.text("mdtrt_cert_type", setl.mdtrt_cert_type.as_str()).text("med_type", setl.med_type.as_str());
        person(node, &reply.person, setl.setl_time);
        node.text("clr_way", CLR_WAY).text("clr_type", CLR_TYPE);
        numbers(node, setl);
        node.fen("hosp_part_amt", setl.shares.hosp_part_amt);
    });
    out.each("setldetail", funds(&setl.shares), |row, (at, fund)| fund_row(row, fund, at, &setl.shares));
    out.to_json()
}

/// 2208: a negative settlement.
pub fn t2208(reply: &t2103_refund::Reply) -> Payload {
    let setl = &reply.setl;
    let mut out = Reply::new(Transaction::T2208);
    out.node("setlinfo", |node| {
        numbers(node, setl);
        node.fen("hosp_part_amt", setl.shares.hosp_part_amt)
            .text("psn_no", setl.accum_key.psn_no.as_str())
            .text("insutype", setl.insutype.code())
            .text("mdtrt_cert_type", setl.mdtrt_cert_type.as_str())
            .text("med_type", setl.med_type.as_str())
            .text("clr_type", CLR_TYPE)
            .text("clr_way", CLR_WAY);
    });
    out.each("setldetail", funds(&setl.shares), |row, (at, fund)| fund_row(row, fund, at, &setl.shares));
    out.to_json()
}
