//! Statements: 3201 totals, 3202 details. The answer of 3202 is where its file is.

use lf_center::{t3201_statement, t3202_details};

use super::Payload;
use crate::generated::Transaction;
use crate::reply::Reply;

/// The longest description, in characters, as the table prints it.
const DSCR_MAX: usize = 200;

/// 3201.
pub fn t3201(reply: &t3201_statement::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T3201);
    let dscr: String = reply.stmt_rslt_dscr.chars().take(DSCR_MAX).collect();
    out.node("stmtinfo", |node| {
        node.show("setl_optins", reply.setl_optins)
            .text("stmt_rslt", if reply.even { "0" } else { "1" })
            .text("stmt_rslt_dscr", dscr.as_str());
    });
    out.to_json()
}

/// 3202.
pub fn t3202(reply: &t3202_details::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T3202);
    out.node("fileinfo", |node| {
        node.text("file_qury_no", reply.file_qury_no.as_str())
            .text("filename", reply.filename.as_str())
            .moment("dld_endtime", reply.dld_endtime);
    });
    out.to_json()
}
