//! What a pharmacy fetches: 7204.

use lf_center::t7204_download;

use super::Payload;
use super::query::{detail, disease_common, visit_common};
use crate::generated::{Transaction, dicts};
use crate::reply::Reply;

/// 7204.
pub fn t7204(reply: &t7204_download::Reply) -> Payload {
    let (head, visit) = (&reply.content.head, &reply.content.mdtrtinfo);
    let taken = reply.rx.state.dispensed();
    let mut out = Reply::new(Transaction::T7204);
    out.show("hi_rxno", &reply.rx.hi_rxno)
        .show("rx_trace_code", &reply.rx.opened.rx_trace_code)
        .show("fixmedins_code", &visit.fixmedins_code)
        .text("fixmedins_name", visit.fixmedins_name.as_str())
        .moment("prsc_time", head.prsc_time)
        .text("prsc_dept_name", visit.prsc_dept_name.as_str())
        .moment("vali_end_time", head.vali_end_time)
        .text("rx_type_code", head.rx_type_code.as_str())
        .text("rx_type_name", dicts::RX_TYPE_CODE.name_of(&head.rx_type_code))
        .flag("long_rx_flag", head.long_rx_flag)
        .text("rx_file", reply.file.base64.as_str())
        .text("file_suffix", reply.file_suffix.as_str())
        .each("rx_detl_list", reply.content.rxdrugdetail.iter().zip(&reply.packs), |row, (drug, packs)| {
            detail(row, drug, taken);
            if let Some((count, unit)) = packs {
                row.qty("drug_totlcnt", *count).text("drug_totlcnt_emp", unit.as_str());
            } else {
                row.text("drug_totlcnt_emp", drug.drug_dosunt.as_str());
            }
        })
        .node("rx_otpinfo", |node| visit_common(node, visit))
        .each("rx_dise_list", &reply.content.diseinfo, disease_common);
    out.to_json()
}
