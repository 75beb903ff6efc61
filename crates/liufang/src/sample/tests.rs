//! The samples are what they claim: valid on the wire, exact to the fen, and equal to `examples/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_vocab::{FixmedinsKind, Moment, Qty};
use lf_wire::Transaction;
use serde_json::Value;

use super::*;
use crate::region::{Region, load};

fn now() -> Moment {
    "2026-11-22 10:00:00".parse().unwrap()
}

fn region() -> Region {
    load().unwrap()
}

fn issued() -> Issued {
    Issued { hi_rxno: "360900202611220000000000000420".into(), rx_trace_code: "36090026112200000420".into() }
}

/// Every message of a case, with the replies' values made up in their form.
fn messages(case: &Case<'_>) -> Vec<(&'static str, Value)> {
    let (issued, file) = (issued(), BASE64_STANDARD.encode(rx_pdf("处方笺", &[], 2_000)));
    let no = issued.hi_rxno.as_str();
    vec![
        ("7101", t7101(case)),
        ("7102", t7102(case, &issued, &file)),
        ("7103", t7103(case, &issued, &file, "c2lnbmF0dXJl")),
        ("7104", t7104(case, no, case.now)),
        ("7105", t7105(case, no)),
        ("7106", t7106(case, no)),
        ("7107", t7107(case, no)),
        ("7201", t7201(case)),
        ("7202", t7202(case, no, "36090012345678901234567890123456789012")),
        ("7203", t7203(case, "3609002026112200000000000004200123456789")),
        ("7204", t7204(case, "token", "auth")),
        ("7205", t7205(case, &issued, &file, "token")),
        ("7206", t7206(case, no, "token", "verify", true, case.now)),
        ("7207", t7207(case, no, "review", case.now)),
        ("7208", t7208(case, no, "sale")),
        ("7209", t7209(case, no, case.now)),
        ("7210", t7210(case, no, case.now)),
        ("7211", t7211(case, "氨氯地平")),
        ("2101", t2101(case, no, case.now)),
        ("2102", t2102(case, no, case.now)),
        ("2103", t2103(case, "setl", "visit")),
    ]
}

fn valid_on_the_wire(method: &str, body: &Value) {
    let transaction = Transaction::from_method(method).unwrap();
    let bytes = serde_json::to_vec(body).unwrap();
    let parsed = lf_wire::json::Value::parse(&bytes).unwrap();
    let valid = lf_wire::validate(transaction, &parsed).unwrap_or_else(|defects| panic!("{method}: {defects:?}"));
    assert!(valid.lints.is_empty(), "{method}: {:?}", valid.lints);
}

#[test]
fn every_message_is_valid_without_a_tolerance() {
    let region = region();
    let mut cases = vec![Case::new(&region, now(), 1).unwrap(), Case::herbs(&region, now(), 2).unwrap()];
    let mut long = Case::new(&region, now(), 3).unwrap();
    (long.days, long.long_rx) = (28, true);
    let mut internet = Case::new(&region, now(), 4).unwrap();
    internet.internet = true;
    let mut dual = Case::new(&region, now(), 5).unwrap();
    dual.bought_at(&region, region.of_kind(FixmedinsKind::Pharmacy).nth(2).unwrap()).unwrap();
    dual.rx_exra_attr_code = "01".into();
    cases.extend([long, internet, dual]);
    for case in &cases {
        for (method, body) in messages(case) {
            valid_on_the_wire(method, &body);
        }
    }
}

#[test]
fn every_drug_of_the_region_can_be_prescribed_sold_and_charged() {
    let region = region();
    for stock in &region.drugs {
        let mut case = Case::new(&region, now(), 6).unwrap();
        case.drugs.clear();
        case.order(stock).unwrap();
        for (method, body) in messages(&case) {
            valid_on_the_wire(method, &body);
        }
        let standard = stock.drug.hi_pay_std.filter(|_| case.drugs[0].unit == Unit::Pack);
        assert!(standard.is_none_or(|standard| case.drugs[0].pric() <= standard), "{}", stock.drug.genname);
    }
}

#[test]
fn the_signed_text_is_the_upload_without_file_and_signature() {
    let region = region();
    let case = Case::new(&region, now(), 7).unwrap();
    let sent = t7102(&case, &issued(), "");
    let text = BASE64_STANDARD.decode(sent["originalValue"].as_str().unwrap()).unwrap();
    let signed: BTreeMap<String, Value> = serde_json::from_slice(&text).unwrap();
    assert_eq!(signed.len(), 20);
    assert!(signed.values().all(Value::is_string), "every signed field is filled");
    let mut upload = t7103(&case, &issued(), "file", "digest");
    let upload = upload.as_object_mut().unwrap();
    assert!(upload.remove("rxFile").is_some() && upload.remove("signDigest").is_some());
    assert_eq!(Value::Object(upload.clone()), serde_json::to_value(signed).unwrap());
}

#[test]
fn the_purchase_adds_up_to_the_fen() {
    let region = region();
    for case in [Case::new(&region, now(), 8).unwrap(), Case::herbs(&region, now(), 9).unwrap()] {
        let body = t2102(&case, "no", now());
        let fen = |value: &Value| value.to_string().parse::<lf_vocab::Fen>().unwrap();
        let lines = body["drugdetail"].as_array().unwrap();
        let sum = lf_vocab::Fen::sum(lines.iter().map(|line| fen(&line["det_item_fee_sumamt"]))).unwrap();
        assert_eq!(sum, fen(&body["druginfo"]["medfee_sumamt"]));
        for line in lines {
            let pric: lf_vocab::Pric = line["pric"].to_string().parse().unwrap();
            let cnt: Qty = line["cnt"].to_string().parse().unwrap();
            assert_eq!(pric.times(cnt), Some(fen(&line["det_item_fee_sumamt"])));
        }
    }
    let normal = Case::new(&region, now(), 8).unwrap();
    // 12.60 and 21.70 for a pack of seven each.
    assert_eq!(t2101(&normal, "no", now())["druginfo"]["medfee_sumamt"].to_string(), "34.3");
}

#[test]
fn packs_leave_the_shelf_whole_and_each_with_its_own_code() {
    let region = region();
    let mut case = Case::new(&region, now(), 10).unwrap();
    case.days = 28;
    case.drugs.clear();
    case.order(region.drug("苯磺酸氨氯地平片").unwrap()).unwrap();
    case.order(region.drug("非布司他片").unwrap()).unwrap();
    let sale = t7207(&case, "no", "review", now());
    let rows = sale["rxSaleDrugDetl"].as_array().unwrap();
    let codes: BTreeSet<_> = rows.iter().map(|row| row["drugTraceCodg"].as_str().unwrap()).collect();
    // 28 tablets are four packs of seven and two of fourteen.
    assert_eq!((rows.len(), codes.len()), (6, 6));
    assert!(codes.iter().all(|code| code.len() == 20 && code.starts_with('8')));
    let bill = t2102(&case, "no", now());
    let charged = bill["durg_trac_info"].as_array().unwrap().iter().map(|row| row["drug_trac_codg"].as_str().unwrap());
    assert_eq!(charged.collect::<BTreeSet<_>>(), codes);
    let herbs = Case::herbs(&region, now(), 11).unwrap();
    let sale = t7207(&herbs, "no", "review", now());
    assert!(sale["rxSaleDrugDetl"].as_array().unwrap().iter().all(|row| row.get("drugTraceCodg").is_none()));
}

#[test]
fn a_started_pack_is_a_whole_pack() {
    let region = region();
    let stock = region.drug("苯磺酸氨氯地平片").unwrap();
    let packs = |cnt: i64| Ordered { stock, cnt: Qty::new(cnt * 10_000), unit: Unit::Preparation }.packs();
    assert_eq!([1, 7, 8, 14].map(packs), [1, 1, 2, 2]);
    assert_eq!(Ordered { stock, cnt: Qty::new(20_000), unit: Unit::Pack }.packs(), 2);
}

#[test]
fn serials_end_where_they_say() {
    let region = region();
    assert!(Case::new(&region, now(), SERIAL_MAX).is_ok());
    assert!(Case::new(&region, now(), SERIAL_MAX + 1).is_err());
}

#[test]
fn the_pdf_is_whole_and_has_the_size_asked_for() {
    for hint in [0, 20 * 1024, 300_000] {
        let file = rx_pdf("处方笺", &["处方追溯码 36090026112200000420".to_owned()], hint);
        let text = String::from_utf8(file).unwrap();
        assert!(text.is_ascii() && text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
        assert!(text.len() >= hint.saturating_sub(200) && (hint == 0 || text.len() <= hint + 200), "{}", text.len());
        let (_, tail) = text.rsplit_once("startxref\n").unwrap();
        let xref: usize = tail.lines().next().unwrap().parse().unwrap();
        let table = text[xref..].strip_prefix("xref\n0 ").unwrap();
        for (number, entry) in table.lines().skip(2).take_while(|line| line.ends_with("n ")).enumerate() {
            let offset: usize = entry[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{} 0 obj\n", number + 1)), "object {}", number + 1);
        }
        // "36090026…" in the font's two-byte code.
        assert!(text.contains("003300360030003900300030"));
    }
    assert!(rx_pdf("", &[], usize::MAX).len() <= super::pdf::PDF_MAX + 200);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Writes the files anew when `UPDATE_EXAMPLES` is set.
#[test]
fn the_examples_are_those_of_the_builders() {
    let update = std::env::var_os("UPDATE_EXAMPLES").is_some();
    for example in examples(&region()).unwrap() {
        let path = folder().join(example.file);
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &example.text).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == example.text, "examples/{} is old: UPDATE_EXAMPLES=1 cargo test -p liufang", example.file);
    }
}

#[test]
fn no_example_is_left_over_and_the_readme_names_each() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let known: BTreeSet<_> = examples(&region()).unwrap().iter().map(|example| example.file).collect();
    let transactions = known.iter().filter(|file| !file.starts_with("parts/")).count();
    assert_eq!(transactions, 29);
    assert!(known.iter().all(|file| readme.contains(&format!("`{file}`"))), "README.md names every file");
    for entry in std::fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let expected = ["README.md", "parts", "import", "settle", "goods"].contains(&name.as_str())
            || known.contains(name.as_str());
        assert!(expected, "examples/{name} is no example");
    }
}

#[test]
fn a_filled_example_is_the_message_again() {
    let region = region();
    let case = Case::new(&region, now(), 42).unwrap();
    let issued = issued();
    let values = [
        ("hi_rxno", issued.hi_rxno.as_str()),
        ("rx_trace_code", &issued.rx_trace_code),
        ("rx_file", "file"),
        ("sign_digest", "digest"),
        ("original_value", "text"),
        ("auth_circ_biz_sn", "choice"),
        ("epc_qrcd", "code"),
        ("epc_token", "token"),
        ("auth_rxno", "auth"),
        ("rx_sign_verify_sn", "verify"),
        ("rx_chk_biz_sn", "review"),
        ("sel_stoout_sn", "sale"),
        ("setl_id", "setl"),
        ("setl_mdtrt_id", "visit"),
        ("mdtrt_id", "visit"),
        ("fulamt_ownpay_amt", "0"),
        ("overlmt_selfpay", "0"),
        ("preselfpay_amt", "1"),
        ("inscp_scp_amt", "2"),
    ];
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let filling = Filling { now: now(), serial: 42, values };
    let texts: BTreeMap<_, _> = examples(&region).unwrap().into_iter().map(|one| (one.file, one.text)).collect();
    let mut expected = t7101(&case);
    // Ages count from the day of the example's making; the center reckons from the birthday it knows.
    let filled = fill(&texts["7101-precheck.json"], &filling).unwrap();
    expected["mdtrtinfo"]["patnAge"] = filled["mdtrtinfo"]["patnAge"].clone();
    assert_eq!(filled, expected);
    let no = issued.hi_rxno.as_str();
    assert_eq!(fill(&texts["7207-sell.json"], &filling).unwrap(), t7207(&case, no, "review", now()));
    assert_eq!(fill(&texts["2102-settle.json"], &filling).unwrap(), t2102(&case, no, now()));
    assert_eq!(fill(&texts["7103-upload.json"], &filling).unwrap(), t7103(&case, &issued, "file", "digest"));
    for text in texts.values() {
        let filled = fill(text, &filling).unwrap().to_string();
        assert!(!filled.contains("${"), "{filled}");
    }
}

#[test]
fn a_placeholder_without_a_value_is_named() {
    let filling = Filling { now: now(), serial: 1, values: BTreeMap::new() };
    let complaint = |text: &str| fill(text, &filling).unwrap_err().to_string();
    assert!(complaint(r#"{"a":"${hi_rxno}"}"#).contains("hi_rxno"));
    assert!(complaint(r#"{"a":"${now+x}"}"#).contains("now+x"));
    assert!(complaint(r#"{"a":"${serial"}"#).contains("does not end"));
    assert!(complaint("{").contains("not JSON"));
    let times = fill(r#"{"a":"${now+60s} ${now-60s}"}"#, &filling).unwrap();
    assert_eq!(times["a"], "2026-11-22 10:01:00 2026-11-22 09:59:00");
}
