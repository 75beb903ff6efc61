//! What is told of a person's filings: 5301, 5302.

use lf_center::{t5301_dises, t5302_chosen};

use super::Payload;
use crate::generated::Transaction;
use crate::reply::Reply;

/// 5301.
pub fn t5301(reply: &t5301_dises::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T5301);
    out.each("feedetail", &reply.dises, |row, dise| {
        row.text("opsp_dise_code", dise.opsp_dise_code.as_str())
            .text("opsp_dise_name", dise.opsp_dise_name.as_str())
            .day("begndate", dise.begndate)
            .day("enddate", dise.enddate);
    });
    out.to_json()
}

/// 5302; the disease for which the institution was chosen stands in 备注.
pub fn t5302(reply: &t5302_chosen::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T5302);
    out.each("psnfixmedin", &reply.chosen, |row, chosen| {
        row.text("psn_no", reply.psn_no.as_str())
            .text("insutype", reply.insutype.code())
            .show("fix_srt_no", chosen.fix_srt_no)
            .show("fixmedins_code", &chosen.fixmedins_code)
            .text("fixmedins_name", chosen.fixmedins_name.as_str())
            .day("begndate", chosen.begndate)
            .day("enddate", chosen.enddate)
            .text("memo", chosen.opsp_dise_name.as_str());
    });
    out.to_json()
}
