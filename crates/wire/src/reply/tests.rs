//! What goes out, to the byte; both spellings; faults of ours.

use super::*;
use crate::json::Value;
use crate::validate::validate_table;
use proptest::prelude::*;

fn json(reply: &Reply) -> String {
    String::from_utf8(reply.to_json().unwrap()).unwrap()
}

#[test]
fn upload_check_sends_exactly_its_two_fields() {
    let mut reply = Reply::new(Transaction::T7101);
    reply.text("hi_rxno", "430100000000000000000000000001").text("rx_trace_code", "43010000000000000001");
    assert_eq!(json(&reply), r#"{"rxTraceCode":"43010000000000000001","hiRxno":"430100000000000000000000000001"}"#);
    assert!(reply.missing().is_empty());
    reply.text("rx_stas_codg", "1");
    assert_eq!(reply.to_json().unwrap_err().name, "rx_stas_codg");
}

#[test]
fn both_spellings_go_out_where_clients_differ() {
    let mut reply = Reply::new(Transaction::T7105);
    reply
        .node("rx_otpinfo", |node| {
            node.text("ipt_otp_no", "M1").text("suck_prd_flag", "1").qty("patn_age", "3.5".parse::<Qty>().unwrap());
        })
        .each("rx_dise_list", ["I10"], |row, code| {
            row.text("diag_code", code).integer("diag_srt_no", 1);
        });
    let text = json(&reply);
    let rows = r#"[{"diagSrtNo":1,"diagCode":"I10"}]"#;
    assert_eq!(
        text,
        format!(
            r#"{{"rxOtpinfo":{{"iptOtpNo":"M1","iptOpNo":"M1","patnAge":3.5,"suckPrdFlag":1,"suckPrdFag":1}},"rxDiseList":{rows},"diseinfo":{rows}}}"#
        )
    );
    let mut reply = Reply::new(Transaction::T7107);
    reply.row("seltdelts", |row| {
        row.text("med_list_codg", "XA01").qty("cnt", "2".parse::<Qty>().unwrap());
    });
    assert_eq!(json(&reply), r#"{"seltdelts":[{"medListCodg":"XA01","medinsListCodg":"XA01","cnt":2}]}"#);
    let mut reply = Reply::new(Transaction::T2103);
    reply.node("setlinfo", |node| {
        node.fen("psn_part_amt", Fen::new(-1050)).fen("psn_cash_pay", Fen::new(-50));
    });
    assert_eq!(
        json(&reply),
        r#"{"setlinfo":{"psn_part_amt":-10.50,"psn_pay":-10.50,"psn_cash_pay":-0.50,"cash_payamt":-0.50}}"#
    );
}

#[test]
fn numbers_and_flags_take_the_form_of_the_table() {
    let mut reply = Reply::new(Transaction::T7205);
    reply.flag("flag", true).text("rx_sign_verify_sn", None);
    assert_eq!(json(&reply), r#"{"flag":true}"#);
    let mut reply = Reply::new(Transaction::T7105);
    reply.flag("rept_flag", false).integer("vali_days", 3).row("rx_detl_list", |row| {
        row.qty("drug_totlcnt", "2".parse::<Qty>().unwrap()).qty("drug_cnt", "2".parse::<Qty>().unwrap());
    });
    assert_eq!(json(&reply), r#"{"valiDays":3,"reptFlag":"0","rxDetlList":[{"drugCnt":2,"drugTotlcnt":"2"}]}"#);
    let mut reply = Reply::new(Transaction::T7211);
    reply.integer("total", 0).each("list", Vec::<&str>::new(), |_, _| {});
    assert_eq!(json(&reply), r#"{"total":0,"list":[]}"#);
    assert_eq!(reply.missing(), ["size"]);
}

#[test]
fn our_own_faults_cannot_go_out() {
    type Write = fn(&mut Reply);
    let faults: [(Write, &str); 6] = [
        (|reply| drop(reply.text("nonsense", "x").to_json()), "no such field"),
        (|reply| drop(reply.text("vali_days", "three").to_json()), "another kind"),
        (|reply| drop(reply.integer("prsc_time", 3).to_json()), "another kind"),
        (|reply| drop(reply.node("hi_rxno", |_| {}).to_json()), "is no node"),
        (|reply| drop(reply.row("rx_otpinfo", |_| {}).to_json()), "is no list"),
        (|reply| drop(reply.row("rx_detl_list", |row| drop(row.text("x", "x").to_json())).to_json()), "no such field"),
    ];
    for (write, what) in faults {
        let mut reply = Reply::new(Transaction::T7105);
        write(&mut reply);
        let fault = reply.to_json().unwrap_err();
        assert!(fault.to_string().contains(what), "{fault}");
    }
}

/// Fills every field of a table with a value drawn by a seed.
fn filled(table: &'static Table, seed: i64) -> Reply {
    let mut reply = Reply::of(table);
    for (at, field) in table.fields.iter().enumerate() {
        let n = (seed.unsigned_abs() as usize + at * 7) % 97;
        let name = field.name;
        match field.kind {
            Kind::Text { .. } => {
                let code = field
                    .dict
                    .map_or_else(|| "药\"\\".to_owned(), |dict| dict.codes[n % dict.codes.len()].means.to_owned());
                reply.text(name, code.as_str());
            }
            Kind::File { .. } => {
                reply.text(name, base64(&[n as u8; 5]).as_str());
            }
            Kind::Number { .. } => {
                reply.integer(name, (n % 9) as i64);
            }
            Kind::Moment => {
                reply.moment(name, Moment::from_micros(1_700_000_000_000_000 + n as i64 * 1_000_000));
            }
            Kind::Day => {
                reply.day(name, Day::from_number(n as i32));
            }
            Kind::Bool => {
                reply.flag(name, n.is_multiple_of(2));
            }
            Kind::Free { .. } => {
                reply.free(name, Value::Array(vec![Value::Null]));
            }
            Kind::Texts { .. } => {}
            Kind::Node(of) => {
                reply.node(name, |node| *node = filled(of, seed + 1));
            }
            Kind::List { of, .. } => {
                reply.each(name, 0..2, |row, _| *row = filled(of, seed + 2));
            }
        }
    }
    reply
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn what_is_rendered_is_read_back(seed in 0i64..1000) {
        for transaction in Transaction::ALL {
            let table = transaction.spec().output;
            let reply = filled(table, seed);
            prop_assert!(reply.missing().is_empty(), "{transaction}");
            let bytes = reply.to_json().unwrap();
            let value = Value::parse(&bytes).unwrap();
            let valid = validate_table(table, &value);
            prop_assert!(valid.is_ok(), "{} {}", transaction, valid.unwrap_err());
            let node = valid.unwrap().node;
            prop_assert_eq!(node.present().count(), table.fields.len());
        }
    }
}
