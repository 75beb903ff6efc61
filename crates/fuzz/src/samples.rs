//! A valid payload of every transaction: the examples of the repository, their placeholders filled.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_wire::Transaction;
use lf_wire::json::Value;

/// Each with the text of its example.
const FILES: &[(Transaction, &str)] = &[
    (Transaction::T7101, include_str!("../../../examples/7101-precheck.json")),
    (Transaction::T7102, include_str!("../../../examples/7102-sign.json")),
    (Transaction::T7103, include_str!("../../../examples/7103-upload.json")),
    (Transaction::T7104, include_str!("../../../examples/7104-undo.json")),
    (Transaction::T7105, include_str!("../../../examples/7105-query.json")),
    (Transaction::T7106, include_str!("../../../examples/7106-review-query.json")),
    (Transaction::T7107, include_str!("../../../examples/7107-settlement-query.json")),
    (Transaction::T7201, include_str!("../../../examples/7201-authorise.json")),
    (Transaction::T7202, include_str!("../../../examples/7202-online.json")),
    (Transaction::T7203, include_str!("../../../examples/7203-qrcode.json")),
    (Transaction::T7204, include_str!("../../../examples/7204-download.json")),
    (Transaction::T7205, include_str!("../../../examples/7205-verify.json")),
    (Transaction::T7206, include_str!("../../../examples/7206-review.json")),
    (Transaction::T7207, include_str!("../../../examples/7207-sell.json")),
    (Transaction::T7208, include_str!("../../../examples/7208-undo-sale.json")),
    (Transaction::T7209, include_str!("../../../examples/7209-deliver.json")),
    (Transaction::T7210, include_str!("../../../examples/7210-sign-off.json")),
    (Transaction::T7211, include_str!("../../../examples/7211-catalogue.json")),
    (Transaction::T2101, include_str!("../../../examples/2101-quote.json")),
    (Transaction::T2102, include_str!("../../../examples/2102-settle.json")),
    (Transaction::T2103, include_str!("../../../examples/2103-refund.json")),
    (Transaction::T3501, include_str!("../../../examples/goods/3501-stocktake.json")),
    (Transaction::T3501A, include_str!("../../../examples/goods/3501A-stocktakes.json")),
    (Transaction::T3502, include_str!("../../../examples/goods/3502-stock-change.json")),
    (Transaction::T3502A, include_str!("../../../examples/goods/3502A-stock-changes.json")),
    (Transaction::T3503, include_str!("../../../examples/goods/3503-purchase.json")),
    (Transaction::T3503A, include_str!("../../../examples/goods/3503A-purchases.json")),
    (Transaction::T3504, include_str!("../../../examples/goods/3504-purchase-return.json")),
    (Transaction::T3504A, include_str!("../../../examples/goods/3504A-purchase-returns.json")),
    (Transaction::T3505, include_str!("../../../examples/goods/3505-sale.json")),
    (Transaction::T3505A, include_str!("../../../examples/goods/3505A-sales.json")),
    (Transaction::T3506, include_str!("../../../examples/goods/3506-sale-return.json")),
    (Transaction::T3506A, include_str!("../../../examples/goods/3506A-sale-returns.json")),
    (Transaction::T3507, include_str!("../../../examples/goods/3507-delete.json")),
    (Transaction::T3507A, include_str!("../../../examples/goods/3507A-deletes.json")),
    (Transaction::T3508, include_str!("../../../examples/goods/3508-stocktakes-query.json")),
    (Transaction::T3509, include_str!("../../../examples/goods/3509-stock-changes-query.json")),
    (Transaction::T3510, include_str!("../../../examples/goods/3510-purchases-query.json")),
    (Transaction::T3511, include_str!("../../../examples/goods/3511-sales-query.json")),
    (Transaction::T3512, include_str!("../../../examples/goods/3512-boxes-query.json")),
    (Transaction::T3513, include_str!("../../../examples/goods/3513-traces.json")),
    (Transaction::T3592B, include_str!("../../../examples/goods/3592B-virtual-code.json")),
    (Transaction::T9001, r#"{"signIn":{"opter_no":"0001","mac":"00-00-00-00-00-01","ip":"192.0.2.10"}}"#),
    (Transaction::T9002, r#"{"signOut":{"sign_no":"36090020261122000001","opter_no":"0001"}}"#),
    (
        Transaction::T1101,
        r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"360902197904165015","psn_cert_type":"01","certno":"360902197904165015","psn_name":"章样康"}}"#,
    ),
    (
        Transaction::T1101,
        r#"{"data":{"mdtrt_cert_type":"03","mdtrt_cert_no":"J08108857","card_sn":"360900D156000005C4F1AAD5E00BA1BA","psn_cert_type":"01","certno":"360902197904165015","psn_name":"章样康"}}"#,
    ),
    (Transaction::T1201, r#"{"medinsinfo":{"fixmedins_type":"2","fixmedins_code":"P36090200106"}}"#),
    (Transaction::T1301, CATALOGUE),
    (Transaction::T1302, CATALOGUE),
    (Transaction::T1309, CATALOGUE),
    (Transaction::T1320, CATALOGUE),
    (Transaction::T1303, CATALOGUE),
    (Transaction::T1305, CATALOGUE),
    (Transaction::T1306, CATALOGUE),
    (Transaction::T1307, CATALOGUE),
    (Transaction::T1308, CATALOGUE),
    (Transaction::T1310, CATALOGUE),
    (Transaction::T1311, CATALOGUE),
    (Transaction::T1313, CATALOGUE),
    (Transaction::T1314, CATALOGUE),
    (Transaction::T1315, CATALOGUE),
    (Transaction::T1304, CHANGES),
    (Transaction::T1317, CHANGES),
    (
        Transaction::T3301,
        r#"{"data":[{"fixmedins_hilist_id":"0001","fixmedins_hilist_name":"苯磺酸氨氯地平片","list_type":"101","med_list_codg":"XC08CAA224A001010100001","begndate":"2026-01-01","enddate":"2026-12-31"}]}"#,
    ),
    (
        Transaction::T3302,
        r#"{"fixmedins_code":"P36090200106","fixmedins_hilist_id":"0001","list_type":"101","med_list_codg":"XC08CAA224A001010100001"}"#,
    ),
    (Transaction::T1312, CHANGES),
    (Transaction::T1316, CHANGES),
    (Transaction::T1318, CHANGES),
    (Transaction::T1319, CHANGES),
    (
        Transaction::T2201,
        r#"{"data":{"psn_no":"36090000002024000123","insutype":"310","begntime":"2026-11-22 09:30:00","mdtrt_cert_type":"02","mdtrt_cert_no":"360902197904165015","ipt_otp_no":"YD0001","dept_code":"A02","dept_name":"药店","caty":"A02"}}"#,
    ),
    (Transaction::T2202, r#"{"data":{"psn_no":"36090000002024000123","mdtrt_id":"360900AB","ipt_otp_no":"YD0001"}}"#),
    (
        Transaction::T2203A,
        r#"{"mdtrtinfo":{"mdtrt_id":"360900AB","psn_no":"36090000002024000123","med_type":"41","begntime":"2026-11-22 09:30:00","rxfixmedinsCode":"H36090200101","rxIn":[37,80,68,70],"rxfilename":"处方.pdf"},"diseinfo":[{"diag_type":"1","diag_srt_no":1,"diag_code":"I10.x00","diag_name":"高血压","diag_dept":"A03","dise_dor_no":"D360920001000","dise_dor_name":"刘医诚","diag_time":"2026-11-22 09:30:00","vali_flag":"1"}]}"#,
    ),
    (
        Transaction::T2204,
        r#"{"feedetail":[{"feedetl_sn":"1","mdtrt_id":"360900AB","psn_no":"36090000002024000123","chrg_bchno":"PC1","rxno":"360900202611220000000000000429","rx_circ_flag":"1","fee_ocur_time":"2026-11-22 09:30:00","med_list_codg":"XC08CAA224A001010100001","medins_list_codg":"1","det_item_fee_sumamt":12.6,"cnt":7,"pric":1.8,"bilg_dept_codg":"A03","bilg_dept_name":"内科","bilg_dr_codg":"D360920001000","bilg_dr_name":"刘医诚","hosp_appr_flag":"0"}]}"#,
    ),
    (Transaction::T2205, r#"{"data":{"mdtrt_id":"360900AB","chrg_bchno":"0000","psn_no":"36090000002024000123"}}"#),
    (
        Transaction::T2206,
        r#"{"data":{"psn_no":"36090000002024000123","mdtrt_cert_type":"02","mdtrt_cert_no":"360902197904165015","med_type":"41","medfee_sumamt":12.6,"psn_setlway":"01","mdtrt_id":"360900AB","chrg_bchno":"PC1","acct_used_flag":"0","insutype":"310"}}"#,
    ),
    (
        Transaction::T2207,
        r#"{"data":{"psn_no":"36090000002024000123","mdtrt_cert_type":"02","mdtrt_cert_no":"360902197904165015","med_type":"41","medfee_sumamt":12.6,"psn_setlway":"01","mdtrt_id":"360900AB","chrg_bchno":"PC1","acct_used_flag":"0","insutype":"310","fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":1.26,"inscp_scp_amt":11.34,"drug_trac_info":[{"feedetl_sn":"1","drug_trac_codg":"81000100000000000001","trdn_flag":"0"}]}}"#,
    ),
    (
        Transaction::T2208,
        r#"{"data":{"setl_id":"36090026112200000001","mdtrt_id":"360900AB","psn_no":"36090000002024000123"}}"#,
    ),
    (
        Transaction::T2601,
        r#"{"data":{"psn_no":"36090000002024000123","omsgid":"P36090200106202605110930000001","oinfno":"2102"}}"#,
    ),
    (
        Transaction::T3201,
        r#"{"data":{"insutype":"310","clr_type":"41","setl_optins":"360900","stmt_begndate":"2026-11-01","stmt_enddate":"2026-11-30","medfee_sumamt":"100.00","fund_pay_sumamt":"65.00","acct_pay":"0","fixmedins_setl_cnt":"1"}}"#,
    ),
    (
        Transaction::T3202,
        r#"{"data":{"setl_optins":"360900","file_qury_no":"360900ABC","stmt_begndate":"2026-11-01","stmt_enddate":"2026-11-30","medfee_sumamt":100,"fund_pay_sumamt":65,"cash_payamt":35,"fixmedins_setl_cnt":1,"clr_type":"41","refd_setl_flag":"0"}}"#,
    ),
    (Transaction::T5203, r#"{"data":{"psn_no":"36090000002024000123","setl_id":"36090026112200000001"}}"#),
    (Transaction::T5301, r#"{"data":{"psn_no":"36090000002024000123"}}"#),
    (Transaction::T5302, r#"{"data":{"psn_no":"36090000002024000123","biz_appy_type":"14"}}"#),
    (Transaction::T9101, r#"{"fsUploadIn":{"in":[80,75,3,4],"filename":"明细.zip","fixmedins_code":"P36090200106"}}"#),
    (
        Transaction::T9102,
        r#"{"fsDownloadIn":{"file_qury_no":"fsi/plc/1","filename":"明细.zip","fixmedins_code":"P36090200106"}}"#,
    ),
];

/// What a catalogue is asked for, and what changes of a list are.
const CATALOGUE: &str = r#"{"data":{"ver":"0"}}"#;
const CHANGES: &str = r#"{"data":{"updt_time":"2026-05-01 08:00:00","page_num":1,"page_size":100}}"#;

/// What `originalValue` of 7102 holds.
const SIGNED_FIELDS: &str = include_str!("../../../examples/parts/7102-signed-fields.json");

/// The samples, parsed once.
pub static SAMPLES: LazyLock<Vec<(Transaction, Value<'static>)>> = LazyLock::new(|| {
    let parsed = FILES.iter().map(|(transaction, text)| {
        let text = filled(text);
        (*transaction, Value::parse(text.as_bytes()).map_or(Value::Null, Value::into_owned))
    });
    parsed.collect()
});

/// The text with every placeholder replaced by something of the right form.
fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&match name {
            "original_value" => BASE64_STANDARD.encode(filled(SIGNED_FIELDS)),
            name => value_of(name).to_owned(),
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn value_of(name: &str) -> &'static str {
    match name {
        "serial" => "000000001",
        "hi_rxno" => HI_RXNO,
        "rx_trace_code" => RX_TRACE_CODE,
        "rx_file" => "JVBERi0xLjQKJSBhIHByZXNjcmlwdGlvbgolJUVPRgo=",
        "sign_digest" => "3vCHf1cvUYNCud9nfNwRYDDurBuG1PvPvMDLtew5AsIUv+PzCueAPgLPFI6ZZrqMLq4g7t0hGsgpFHbcdBkXtw==",
        name if name.starts_with("now+") => "2026-11-25 09:30:00",
        name if name.starts_with("now") => "2026-11-22 09:30:00",
        _ => "AB0123456789",
    }
}

pub const HI_RXNO: &str = "360900202611220000000000000429";
pub const RX_TRACE_CODE: &str = "36090026112200000425";

#[cfg(test)]
mod tests {
    use super::*;
    use lf_vocab::{Admdvs, Day, HiRxno, RxTraceCode};
    use lf_wire::{commands, validate_partial};

    #[test]
    fn every_built_transaction_has_a_sample_that_becomes_a_command() {
        for transaction in Transaction::ALL.iter().filter(|transaction| transaction.is_built()) {
            let sample = SAMPLES.iter().find(|(own, _)| own == transaction);
            let (_, tree) = sample.unwrap_or_else(|| panic!("{transaction} has no sample"));
            let defects = commands::all_defects(*transaction, validate_partial(*transaction, tree));
            assert!(defects.is_empty(), "{transaction}: {defects}");
        }
    }

    #[test]
    fn the_numbers_are_real_ones() {
        let (pool, day): (Admdvs, Day) = ("360900".parse().unwrap(), "2026-11-22".parse().unwrap());
        assert_eq!(HiRxno::new(pool, day, 42).unwrap().as_str(), HI_RXNO);
        assert_eq!(RxTraceCode::new(pool, day, 42).unwrap().as_str(), RX_TRACE_CODE);
    }
}
