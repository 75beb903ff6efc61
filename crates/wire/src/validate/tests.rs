//! Every kind of defect, every alias, every limit, on real messages and on samples of every table.

use super::*;
use crate::generated::dicts;
use lf_vocab::{Fen, Moment, Qty};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

const WESTERN: &str = include_str!("../../tests/data/7101-western.json");
const HERBAL: &str = include_str!("../../tests/data/7101-herbal.json");

fn western() -> Json {
    serde_json::from_str(WESTERN).unwrap()
}

/// Valid, or the defects as `field kind` lines.
fn run(transaction: Transaction, json: &Json) -> Result<Vec<Lint>, Vec<String>> {
    let bytes = serde_json::to_vec(json).unwrap();
    let value = Value::parse(&bytes).unwrap();
    match validate(transaction, &value) {
        Ok(valid) => Ok(valid.lints),
        Err(defects) => Err(defects.list().iter().map(|defect| format!("{defect} {:?}", defect.kind)).collect()),
    }
}

fn with(mut json: Json, pointer: &str, value: Json) -> Json {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = json.pointer_mut(parent).unwrap();
    match parent {
        Json::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        Json::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    json
}

fn one_defect(json: &Json) -> String {
    let defects = run(Transaction::T7101, json).unwrap_err();
    assert_eq!(defects.len(), 1, "{defects:?}");
    defects.into_iter().next().unwrap()
}

#[test]
fn real_messages_pass_without_a_note() {
    for message in [WESTERN, HERBAL] {
        assert_eq!(run(Transaction::T7101, &serde_json::from_str(message).unwrap()), Ok(vec![]));
    }
}

#[test]
fn values_are_read_by_our_names() {
    let value = Value::parse(WESTERN.as_bytes()).unwrap();
    let node = validate(Transaction::T7101, &value).unwrap().node;
    assert_eq!(node.text("hosp_rxno"), Some("RX20261122000001"));
    assert_eq!(node.integer("vali_days"), Some(3));
    assert_eq!(node.moment("prsc_time"), Some("2026-11-22 09:30:00".parse::<Moment>().unwrap()));
    assert!(!node.flag("long_rx_flag"));
    assert_eq!(node.text("auth_no"), None);
    let rows = node.nodes("rxdrugdetail");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].index(), Some(1));
    assert_eq!(rows[0].qty("drug_cnt"), Some("2".parse::<Qty>().unwrap()));
    assert_eq!(rows[0].pric("drug_pric").map(|pric| pric.to_string()), Some("12.345678".to_owned()));
    assert_eq!(rows[0].fen("drug_sumamt"), Some(Fen::new(2469)));
    assert_eq!(rows[0].fen("drug_pric"), Some(Fen::new(1235)), "half a fen goes up");
    let mdtrtinfo = node.need_node("mdtrtinfo").unwrap();
    assert_eq!(mdtrtinfo.text("psn_cert_type"), Some("01"));
    assert!(mdtrtinfo.parse::<lf_vocab::FixmedinsCode>("fixmedins_code").is_ok());
    let defect = mdtrtinfo.parse::<lf_vocab::DrCode>("psn_no").unwrap_err();
    assert_eq!(
        (defect.to_string().as_str(), defect.kind),
        ("mdtrtinfo.psnNo（医保人员编号）长度超过13", DefectKind::Form)
    );
    let missing = rows[0].parse::<lf_vocab::DrCode>("real_dscr").unwrap_err();
    assert_eq!(
        (missing.to_string().as_str(), missing.kind),
        ("rxdrugdetail[1].realDscr（自费原因描述）必填", DefectKind::Missing)
    );
    assert!(!format!("{node:?}").contains("RX20261122000001"), "no values in debug output");
}

#[test]
fn each_kind_of_defect_names_its_place() {
    let long = "药".repeat(101);
    for (pointer, value, want) in [
        ("/hospRxno", json!(null), "hospRxno（定点医疗机构处方编号）必填 Missing"),
        ("/hospRxno", json!(""), "hospRxno（定点医疗机构处方编号）必填 Missing"),
        ("/hospRxno", json!([]), "hospRxno（定点医疗机构处方编号）应为文本或数字，实为数组 Type"),
        ("/hospRxno", json!(true), "hospRxno（定点医疗机构处方编号）应为文本或数字，实为布尔值 Type"),
        ("/hospRxno", json!("CF\u{0}1"), "hospRxno（定点医疗机构处方编号）含有空字符（U+0000） Form"),
        ("/mdtrtinfo", json!("x"), "mdtrtinfo（就诊信息）应为对象，实为文本 Type"),
        ("/mdtrtinfo", json!([{}, {}]), "mdtrtinfo（就诊信息）应为对象，实为数组 Type"),
        ("/diseinfo", json!([]), "diseinfo（诊断信息）至少要有一行 Missing"),
        ("/diseinfo", json!("x"), "diseinfo（诊断信息）应为数组，实为文本 Type"),
        ("/diseinfo/0", json!(3), "diseinfo[1]（诊断信息）应为对象，实为数字 Type"),
        ("/prscTime", json!("2026-02-30 00:00:00"), "prscTime（开方时间）应为yyyy-MM-dd HH:mm:ss格式的有效时间 Time"),
        ("/prscTime", json!("2026-02-28"), "prscTime（开方时间）应为yyyy-MM-dd HH:mm:ss格式的有效时间 Time"),
        ("/prscTime", json!(20260228), "prscTime（开方时间）应为时间文本，实为数字 Type"),
        ("/valiDays", json!("three"), "valiDays（处方有效天数）不是十进制数字 Number"),
        ("/valiDays", json!(-1), "valiDays（处方有效天数）不能为负数 Number"),
        ("/rxdrugdetail/1/drugSumamt", json!("-0.01"), "rxdrugdetail[2].drugSumamt（药品总金额）不能为负数 Number"),
        ("/valiDays", json!(1.5), "valiDays（处方有效天数）最多0位小数 Length"),
        ("/mdtrtinfo/gend", json!("3"), "mdtrtinfo.gend（性别）的代码不在字典gend（性别）内 Code"),
        (
            "/rxdrugdetail/1/drugGenname",
            json!(long),
            "rxdrugdetail[2].drugGenname（药品通用名）长度为101，最多100个字符 Length",
        ),
        ("/rxdrugdetail/1/drugCnt", json!("1.00001"), "rxdrugdetail[2].drugCnt（药品总用药量）最多4位小数 Length"),
        (
            "/rxdrugdetail/1/drugCnt",
            json!("1234567890123"),
            "rxdrugdetail[2].drugCnt（药品总用药量）最多12位整数 Length",
        ),
    ] {
        assert_eq!(one_defect(&with(western(), pointer, value)), want);
    }
    let rows = json!(vec![western()["diseinfo"][0].clone(); 51]);
    assert_eq!(one_defect(&with(western(), "/diseinfo", rows)), "diseinfo（诊断信息）有51行，最多50行 Rows");
    assert_eq!(run(Transaction::T7101, &json!([1])).unwrap_err(), ["data（业务数据）应为JSON对象，实为数组 Type"]);
    let file = json!({"fixmedinsCode": "H1", "originalValue": "e30=", "originalRxFile": "a-b="});
    assert_eq!(
        run(Transaction::T7102, &file).unwrap_err(),
        ["originalRxFile（原始待签名处方文件）不是合法的Base64 Base64"]
    );
}

#[test]
fn all_defects_come_at_once_in_the_order_of_the_table() {
    let json = with(
        with(with(western(), "/diseinfo/0/diagCode", json!("")), "/hospRxno", json!(null)),
        "/valiDays",
        json!("x"),
    );
    let defects = run(Transaction::T7101, &json).unwrap_err();
    assert_eq!(
        defects,
        [
            "valiDays（处方有效天数）不是十进制数字 Number",
            "diseinfo[1].diagCode（诊断代码）必填 Missing",
            "hospRxno（定点医疗机构处方编号）必填 Missing",
        ]
    );
}

#[test]
fn an_empty_message_lists_every_required_field_up_to_the_limit() {
    let value = Value::parse(b"{\"mdtrtinfo\":{},\"rxdrugdetail\":[{},{},{}],\"diseinfo\":[{}]}").unwrap();
    let defects = validate(Transaction::T7101, &value).unwrap_err();
    assert_eq!(defects.list().len(), crate::defect::MAX_DEFECTS);
    assert!(defects.count() > crate::defect::MAX_DEFECTS);
}

#[test]
fn conditional_fields_are_required_when_their_condition_holds() {
    let drop = |pointer: &str| with(western(), pointer, json!(null));
    for (json, field) in [
        (drop("/ecToken"), "ecToken"),
        (with(western(), "/mdtrtCertType", json!("3")), "mdtrtCertNo"),
        (with(western(), "/bizTypeCode", json!("02")), "authNo"),
        (with(western(), "/rxTypeCode", json!("2")), "rxUsedWayCodg"),
        (drop("/rxdrugdetail/0/medcWayCodg"), "rxdrugdetail[1].medcWayCodg"),
        (drop("/rxdrugdetail/0/usedFrquName"), "rxdrugdetail[1].usedFrquName"),
        (with(western(), "/rxdrugdetail/0/hospApprFlag", json!("2")), "rxdrugdetail[1].selfPayRea"),
        (with(western(), "/rxdrugdetail/0/selfPayRea", json!("6")), "rxdrugdetail[1].realDscr"),
        (with(western(), "/mdtrtinfo/medType", json!("14")), "mdtrtinfo.diseCodg"),
    ] {
        let defects = run(Transaction::T7101, &json).unwrap_err();
        assert!(defects[0].starts_with(field) && defects[0].ends_with("Missing"), "{field}: {defects:?}");
    }
    // And not when it does not: another certificate needs no token, herbs need no way of their own.
    assert_eq!(run(Transaction::T7101, &with(drop("/ecToken"), "/mdtrtCertType", json!("02"))), Ok(vec![]));
    let herbal: Json = serde_json::from_str(HERBAL).unwrap();
    assert!(herbal["rxdrugdetail"][0].get("medcWayCodg").is_none());
    let defects = run(Transaction::T7101, &with(herbal, "/rxDoscnt", json!(""))).unwrap_err();
    assert_eq!(defects, ["rxDoscnt（处方整剂单次剂量数）在rxTypeCode为2时必填 Missing"]);
}

#[test]
fn one_of_two_ways_to_show_who_one_is() {
    let base = json!({"fixmedinsCode": "P1", "psnName": "张三", "psnCertType": "01", "certno": "1", "ipInfo": "1",
        "opter": "1", "opterName": "李四", "optinsNo": "P1"});
    let t = Transaction::T7201;
    assert_eq!(run(t, &base).unwrap_err(), ["ecToken（电子凭证令牌）与regSn须至少填一项 Missing"]);
    assert_eq!(run(t, &with(base.clone(), "/ecToken", json!("t"))), Ok(vec![]));
    assert_eq!(run(t, &with(base.clone(), "/regSn", json!("r"))), Ok(vec![]));
    let both = with(with(base.clone(), "/ecToken", json!("t")), "/regSn", json!("r"));
    assert_eq!(run(t, &both).unwrap_err(), ["ecToken（电子凭证令牌）不能与regSn同时使用 Excluded"]);
    let out = with(with(base, "/ecToken", json!("t")), "/outFlag", json!("1"));
    assert_eq!(run(t, &out).unwrap_err().len(), 2);
    let query = json!({"fixmedinsCode": "H1", "pageNum": 1, "pageSize": i64::MAX});
    assert_eq!(run(Transaction::T7211, &query).unwrap_err().len(), 1);
    for (field, value) in [("medListCodg", json!("X")), ("drugName", json!("X")), ("medListCodgs", json!(["X", "Y"]))] {
        assert_eq!(run(Transaction::T7211, &with(query.clone(), &format!("/{field}"), value)), Ok(vec![]));
    }
}

#[test]
fn what_clients_do_differently_is_accepted_with_a_note() {
    for (pointer, value) in [
        ("/mdtrtCertType", json!("1")),
        ("/mdtrtinfo/psnCertType", json!(1)),
        ("/mdtrtinfo/gend", json!("01")),
        ("/rxExraAttrCode", json!("99")),
        ("/longRxFlag", json!(false)),
        ("/diseinfo", western()["diseinfo"][0].clone()),
        ("/mdtrtinfo", json!([western()["mdtrtinfo"]])),
        ("/prscTime", json!("2026-11-22 09:30:00.0")),
        ("/rxdrugdetail/0/medcWayCodg", json!("PO-院内")),
        ("/unknownField", json!({"a": [1]})),
        ("/rx_drug_cnt", json!("2")),
        ("/minInvDays", json!(3)),
    ] {
        let lints = run(Transaction::T7101, &with(western(), pointer, value));
        assert_eq!(lints.as_ref().map(Vec::len), Ok(1), "{pointer} {lints:?}");
    }
    // These are so common that they are worth no note.
    for (pointer, value) in [
        ("/valiDays", json!("3")),
        ("/rxdrugdetail/0/drugCnt", json!("2.0000")),
        ("/rxdrugdetail/0/medcEndtime", json!("2026-11-25T09:30:00")),
        ("/mdtrtinfo/mdtrtId", serde_json::from_str("430100000000000000000000000001").unwrap()),
        ("/mdtrtinfo/extras", json!({"local": [1, {"x": null}]})),
    ] {
        assert_eq!(run(Transaction::T7101, &with(western(), pointer, value)), Ok(vec![]), "{pointer}");
    }
}

#[test]
fn so_many_notes_are_taken_and_not_one_more() {
    let notes = |count: usize| {
        let mut json = western();
        for at in 0..count {
            json[format!("unknown{at}")] = "x".into();
        }
        run(Transaction::T7101, &json).unwrap().len()
    };
    assert_eq!(notes(MAX_LINTS), MAX_LINTS);
    assert_eq!(notes(MAX_LINTS + 1), MAX_LINTS);
    assert_eq!(notes(MAX_LINTS - 1), MAX_LINTS - 1);
}

#[test]
fn a_number_of_thirty_digits_keeps_them_all() {
    let text = br#"{"hiRxno":430100000000000000000000000001,"fixmedinsCode":"H1","undoDrCode":"D1","undoDrName":"x",
        "undoDrCertType":"01","undoDrCertno":"1","undoRea":"x","undoTime":"2025-01-02T03:04:05"}"#;
    let value = Value::parse(text).unwrap();
    let valid = validate(Transaction::T7104, &value).unwrap();
    assert_eq!(valid.node.text("hi_rxno"), Some("430100000000000000000000000001"));
    assert_eq!(valid.node.text("dr_code"), Some("D1"));
}

#[test]
fn a_wrapped_payload_is_unwrapped() {
    let text = br#"{"data":{"setl_id":"1","mdtrt_id":"2","psn_no":"3"}}"#;
    assert!(validate(Transaction::T2103, &Value::parse(text).unwrap()).is_ok());
    let mut outer = western();
    let details = outer.as_object_mut().unwrap().remove("rxdrugdetail").unwrap();
    let wrapped = json!({"data": outer, "rxdrugdetail": details});
    assert_eq!(run(Transaction::T7101, &wrapped), Ok(vec![]));
    assert_eq!(run(Transaction::T7101, &json!({"input": wrapped})), Ok(vec![]));
    assert_eq!(run(Transaction::T7101, &json!({"input": {"data": [western()]}})), Ok(vec![]));
}

#[test]
fn trace_codes_are_taken_beside_the_lines_and_inside_them() {
    let line = json!({"feedetl_sn": "patient_1_1", "rx_circ_flag": "0", "fee_ocur_time": "2026-11-22 10:00:00",
        "med_list_codg": "X", "medins_list_codg": "x", "det_item_fee_sumamt": "1.00", "cnt": 1, "pric": "1"});
    let info = json!({"psn_no": "1", "mdtrt_cert_type": "01", "mdtrt_cert_no": "t", "begntime": "2026-11-22 10:00:00",
        "medfee_sumamt": 1, "insutype": "310", "acct_used_flag": "1", "med_type": "41"});
    let code = json!({"feedetl_sn": "patient_1_1", "drug_trac_codg": "8".repeat(20), "trdn_flag": "0"});
    for t in [Transaction::T2101, Transaction::T2102] {
        let base = json!({"druginfo": info, "drugdetail": [line]});
        assert_eq!(run(t, &base), Ok(vec![]));
        for spelling in ["durg_trac_info", "drug_trac_info"] {
            for pointer in [format!("/{spelling}"), format!("/drugdetail/0/{spelling}")] {
                for value in [json!([code]), code.clone()] {
                    assert!(run(t, &with(base.clone(), &pointer, value)).is_ok(), "{t} {pointer}");
                }
            }
        }
        let inner = with(base.clone(), "/drugdetail/0/drug_trac_info", json!([{"trdn_flag": "2"}]));
        assert_eq!(
            run(t, &inner).unwrap_err(),
            [
                "drugdetail[1].durg_trac_info[1].trdn_flag（拆零标志）的代码不在字典flag（是否标志）内 Code",
                "drugdetail[1].durg_trac_info[1].drug_trac_codg（药品追溯码）必填 Missing",
            ]
        );
        let outside = with(base, "/drugdetail/0/rx_circ_flag", json!("1"));
        assert_eq!(run(t, &outside).unwrap_err(), ["drugdetail[1].rxno（处方号）在rx_circ_flag为1时必填 Missing"]);
    }
}

/// A value that a field takes, at its limit (`past` = 0) or one past it.
fn at_limit(field: &Field, past: u32) -> Option<Json> {
    let digits = |count: u32| "9".repeat(count as usize);
    Some(match field.kind {
        Kind::Text { len } if field.dict.is_none_or(|_| field.open) => json!("药".repeat((len + past) as usize)),
        Kind::Text { len } if past > 0 => json!("x".repeat((len + past) as usize)),
        Kind::Text { .. } => json!(field.dict?.codes[0].code),
        Kind::Number { len, scale } if scale > 0 => {
            json!(format!("{}.{}", digits(len - scale + past), digits(scale)))
        }
        Kind::Number { len, .. } => json!(digits(len + past)),
        Kind::Moment if past == 0 => json!("2026-11-22 09:30:00"),
        Kind::Day if past == 0 => json!("2026-11-22"),
        Kind::Bool if past == 0 => json!(true),
        Kind::File { .. } if past == 0 => json!("AAAA"),
        Kind::Texts { rows, .. } => json!(vec!["x"; rows + past as usize]),
        Kind::Free { len } => json!("a".repeat((len + past) as usize - 2)),
        _ => return None,
    })
}

/// An object with every plain field at its limit, and the child nodes that must be there.
fn sample(table: &Table) -> Json {
    let mut members = Map::new();
    for field in table.fields {
        let value = match field.kind {
            Kind::Node(of) => sample(of),
            Kind::List { of, .. } => json!([sample(of)]),
            // A longest whole number of 19 digits does not fit what we count in; the limit is the type's.
            Kind::Number { len, scale: 0 } if len > 18 => json!(i64::MAX),
            _ => at_limit(field, 0).unwrap(),
        };
        members.insert(field.wire.to_owned(), value);
    }
    // The two that exclude each other cannot both be there.
    for field in table.fields.iter().filter(|field| !field.excludes.is_empty()) {
        members.remove(field.wire);
    }
    Json::Object(members)
}

/// Every table with the pointer to a sample of it.
fn tables(table: &'static Table, pointer: String, found: &mut Vec<(String, &'static Table)>) {
    for field in table.fields {
        match field.kind {
            Kind::Node(of) => tables(of, format!("{pointer}/{}", field.wire), found),
            Kind::List { of, .. } => tables(of, format!("{pointer}/{}/0", field.wire), found),
            _ => {}
        }
    }
    found.push((pointer, table));
}

fn places(t: Transaction) -> Vec<(String, &'static Table)> {
    let mut found = Vec::new();
    tables(t.spec().input, String::new(), &mut found);
    found
}

#[test]
fn every_field_holds_at_its_limit_and_not_one_past_it() {
    let mut tested = 0;
    for t in Transaction::ALL.iter().copied() {
        let base = sample(t.spec().input);
        assert!(run(t, &base).is_ok(), "{t} {:?}", run(t, &base));
        for (pointer, table) in places(t) {
            for field in table.fields.iter().filter(|field| field.excludes.is_empty()) {
                let Some(past) = at_limit(field, 1) else { continue };
                let json = with(base.clone(), &format!("{pointer}/{}", field.wire), past);
                let defects = run(t, &json).unwrap_err();
                assert!(defects.iter().any(|defect| defect.contains(field.wire)), "{t} {}: {defects:?}", field.wire);
                tested += 1;
            }
        }
    }
    assert!(tested > 300, "{tested}");
}

#[test]
fn every_required_field_is_missed() {
    for t in Transaction::ALL.iter().copied() {
        let base = sample(t.spec().input);
        for (pointer, table) in places(t) {
            for field in table.fields.iter().filter(|field| matches!(field.need, Need::Required)) {
                let json = with(base.clone(), &format!("{pointer}/{}", field.wire), Json::Null);
                let defects = run(t, &json).unwrap_err();
                assert!(
                    defects.iter().any(|defect| defect.contains(&format!("{}（{}）必填", field.wire, field.cn))),
                    "{t} {} {defects:?}",
                    field.wire
                );
            }
        }
    }
}

#[test]
fn every_spelling_is_accepted_for_its_field() {
    for t in Transaction::ALL.iter().copied() {
        let base = sample(t.spec().input);
        for (pointer, table) in places(t) {
            for (spelling, index) in table.names {
                let field = &table.fields[*index];
                let mut json = base.clone();
                let members = json.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
                let Some(value) = members.remove(field.wire) else { continue };
                members.insert((*spelling).to_owned(), value);
                let lints = run(t, &json).unwrap_or_else(|defects| panic!("{t} {spelling} {defects:?}"));
                let noted = lints.iter().any(|lint| lint.place.ends_with(spelling) && lint.what.contains("拼写"));
                assert_eq!(noted, *spelling != field.wire, "{t} {spelling}");
            }
        }
    }
}

#[test]
fn the_misspellings_of_the_interface_are_known() {
    for (t, node, alias, name) in [
        (Transaction::T7101, "", "minInvDays", "min_inrv_days"),
        (Transaction::T7101, "/mdtrtinfo", "psnCertno", "certno"),
        (Transaction::T7103, "", "signDIgest", "sign_digest"),
        (Transaction::T7103, "", "drProfttlName", "phar_profttl_name"),
        (Transaction::T7103, "", "psnCertno", "certno"),
        (Transaction::T7104, "", "undoDrCode", "dr_code"),
        (Transaction::T7105, "", "patnName", "psn_name"),
        (Transaction::T7106, "", "patnName", "psn_name"),
        (Transaction::T7107, "", "patnName", "psn_name"),
        (Transaction::T2101, "/druginfo", "expContent", "exp_content"),
        (Transaction::T2102, "", "durg_trac_info", "drug_trac_info"),
    ] {
        let table = places(t).into_iter().find(|(pointer, _)| pointer == node).unwrap().1;
        assert_eq!(table.field(alias).map(|field| field.name), Some(name), "{t} {alias}");
    }
    assert_eq!(dicts::RX_TYPE_CODE.name_of("11"), Some("住院西药中成药"));
}

fn any_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "[0-9.eE+-]{0,30}".prop_map(Json::from),
        "\\PC{0,20}".prop_map(Json::from),
        Just(json!("2026-11-22 09:30:00")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::vec((prop::sample::select(vec!["data", "certno", "gend", "x"]), inner), 0..3).prop_map(
                |members| Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_panics_and_nothing_sent_is_repeated(t in prop::sample::select(Transaction::ALL.to_vec()), at in any::<usize>(), inner in any::<usize>(), value in any_value()) {
        let mut json = sample(t.spec().input);
        let places = places(t);
        let (pointer, table) = &places[at % places.len()];
        let field = &table.fields[inner % table.fields.len()];
        json = with(json, &format!("{pointer}/{}", field.wire), value.clone());
        if let Err(defects) = run(t, &json) {
            prop_assert!(!defects.is_empty());
            if let Some(text) = value.as_str().filter(|text| text.chars().count() > 8) {
                prop_assert!(defects.iter().all(|defect| !defect.contains(text)));
            }
        }
        let _ = run(t, &value);
    }
}
