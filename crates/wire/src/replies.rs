//! From replies of the center to payloads of the interface: one function a transaction.
//!
//! Invariants: names and both spellings come from the output tables; a number is written exactly; `uploadChk`
//! answers its two documented fields and nothing else, because one client reads it strictly (epc.md §1.3).

mod basics;
mod clinic;
mod download;
mod files;
mod filings;
mod goods;
mod list_match;
pub(crate) mod query;
mod settle;
mod statement;

pub use basics::{t1101, t1201, t9001, t9002};
pub use clinic::{t2201, t2202, t2204, t2206, t2207, t2208};
pub use download::t7204;
pub use files::{t1301, t1312, t9101};
pub use filings::{t5301, t5302};
pub use goods::{goods, t3508, t3513, t3592b};
pub use list_match::{t1317, t3301};
pub use query::{t7105, t7106, t7107};
pub use settle::{t2101, t2102, t2103, t2601, t5203};
pub use statement::{t3201, t3202};

use lf_center::{
    t7101_precheck, t7102_sign, t7103_upload, t7104_undo, t7201_authorise, t7203_qrcode, t7205_verify, t7206_review,
    t7207_sell, t7211_catalogue,
};
use lf_ports::Drug;
use lf_vocab::dict::RxStasCodg;

use crate::generated::{Transaction, dicts};
use crate::reply::{Reply, ReplyFault};

/// A payload, or a fault of ours.
pub type Payload = Result<Vec<u8>, ReplyFault>;

/// The code of 处方附加属性 as outputs write it: 其他 is 99 in the input table and 03 in the output tables.
pub(crate) fn rx_exra_attr(code: Option<&str>) -> (Option<&str>, Option<&'static str>) {
    let code = code.map(|code| if code == "99" { "03" } else { code });
    (code, code.and_then(|code| dicts::RX_EXRA_ATTR_CODE.name_of(code)))
}

/// 7101.
pub fn t7101(reply: &t7101_precheck::Reply) -> Payload {
    Reply::new(Transaction::T7101).show("rx_trace_code", &reply.rx_trace_code).show("hi_rxno", &reply.hi_rxno).to_json()
}

/// 7102. The signed file is the file that was sent.
pub fn t7102(reply: &t7102_sign::Reply, original_rx_file: &str) -> Payload {
    Reply::new(Transaction::T7102)
        .text("rx_file", original_rx_file)
        .text("sign_digest", reply.sign_digest.as_str())
        .text("sign_cert_sn", reply.sign_cert_sn.as_str())
        .text("sign_cert_dn", reply.sign_cert_dn.as_str())
        .to_json()
}

fn status(transaction: Transaction, hi_rxno: &lf_vocab::HiRxno, rx_stas_codg: RxStasCodg) -> Payload {
    Reply::new(transaction)
        .show("hi_rxno", hi_rxno)
        .text("rx_stas_codg", rx_stas_codg.code())
        .text("rx_stas_name", rx_stas_codg.name())
        .to_json()
}

/// 7103.
pub fn t7103(reply: &t7103_upload::Reply) -> Payload {
    status(Transaction::T7103, &reply.hi_rxno, reply.rx_stas_codg)
}

/// 7104.
pub fn t7104(reply: &t7104_undo::Reply) -> Payload {
    status(Transaction::T7104, &reply.hi_rxno, reply.rx_stas_codg)
}

/// 7201: a list under `data`, as the table names the node.
pub fn t7201(reply: &t7201_authorise::Reply) -> Payload {
    Reply::new(Transaction::T7201)
        .each("data", &reply.list, |row, shown| {
            let (code, name) = rx_exra_attr(shown.rx_exra_attr_code.as_deref());
            row.text("auth_rxno", shown.auth_rxno.as_str())
                .text("epc_token", shown.epc_token.as_str())
                .moment("expires_in", shown.expires_in)
                .show("fixmedins_code", &shown.fixmedins_code)
                .text("fixmedins_name", shown.fixmedins_name.as_str())
                .moment("prsc_time", shown.prsc_time)
                .text("dept_name", shown.dept_name.as_str())
                .text("dise_codg", shown.dise_codg.as_deref())
                .text("dise_name", shown.dise_name.as_deref())
                .moment("vali_end_time", shown.vali_end_time)
                .text("rx_exra_attr_code", code)
                .text("rx_exra_attr_name", name);
        })
        .to_json()
}

/// 7202, 7203.
pub fn t7203(transaction: Transaction, reply: &t7203_qrcode::Reply) -> Payload {
    Reply::new(transaction)
        .text("auth_rxno", reply.auth_rxno.as_str())
        .text("epc_token", reply.epc_token.as_str())
        .moment("expires_in", reply.expires_in)
        .to_json()
}

/// 7205.
pub fn t7205(reply: &t7205_verify::Reply) -> Payload {
    Reply::new(Transaction::T7205)
        .flag("flag", true)
        .text("rx_sign_verify_sn", reply.rx_sign_verify_sn.as_str())
        .text("sign_cert_sn", reply.sign_cert_sn.as_str())
        .text("sign_cert_dn", reply.sign_cert_dn.as_str())
        .to_json()
}

/// 7206.
pub fn t7206(reply: &t7206_review::Reply) -> Payload {
    Reply::new(Transaction::T7206).flag("flag", true).text("rx_chk_biz_sn", reply.rx_chk_biz_sn.as_str()).to_json()
}

/// 7207.
pub fn t7207(reply: &t7207_sell::Reply) -> Payload {
    Reply::new(Transaction::T7207).flag("flag", true).text("sel_stoout_sn", reply.sel_stoout_sn.as_str()).to_json()
}

/// 7208.
pub fn t7208() -> Payload {
    Reply::new(Transaction::T7208).flag("flag", true).to_json()
}

/// 7209, 7210.
pub fn t7209(transaction: Transaction) -> Payload {
    Reply::new(transaction).flag("flag", true).to_json()
}

/// 7211.
pub fn t7211(reply: &t7211_catalogue::Reply) -> Payload {
    Reply::new(Transaction::T7211)
        .integer("total", i64::try_from(reply.total).unwrap_or(i64::MAX))
        .integer("size", i64::try_from(reply.list.len()).unwrap_or(i64::MAX))
        .each("list", &reply.list, drug)
        .to_json()
}

fn drug(row: &mut Reply, drug: &Drug) {
    let begin = drug.in_list.map(|span| span.from().start());
    let end = drug.in_list.and_then(|span| span.until()).map(|day| day.start());
    row.show("med_list_codg", &drug.med_list_codg)
        .text("genname", drug.genname.as_str())
        .text("prodname", drug.prodname.as_deref())
        .text("reg_name", drug.reg_name.as_str())
        .text("list_type", drug.list_type.as_str())
        .text("list_type_name", dicts::LIST_TYPE.name_of(&drug.list_type))
        .text("spec_name", drug.spec_name.as_str())
        .text("prdr_name", drug.prdr_name.as_str())
        .text("aprvno", drug.aprvno.as_deref())
        .text("dosform_name", drug.dosform_name.as_str())
        .text("min_pacunt", drug.min_pacunt.as_str())
        .show("min_pac_cnt", drug.min_pac_cnt)
        .text("min_prepunt", drug.min_prepunt.as_str())
        .flag("dualchnl_flag", drug.dualchnl)
        .flag("oppool_flag", drug.oppool)
        .moment("begntime", begin)
        .moment("endtime", end)
        .text("nat_hi_druglist_memo", drug.memo.as_deref())
        .text("chrgitm_lv", drug.chrgitm_lv.code())
        .pric("hi_pay_std", drug.hi_pay_std);
}

#[cfg(test)]
mod tests;
