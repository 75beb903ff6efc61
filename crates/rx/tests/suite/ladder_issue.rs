//! Ladders of the institution's side (7102–7107) and of the token (7204): all defects at once, then mended one by
//! one, give every refusal in the declared order.

use lf_rx::auth::{AuthBatch, AuthEntry, TokenRefusal};
use lf_rx::decide::issue::{
    self, QueryRefusal, SignRefusal, SignedFields, UndoRefusal, UploadRefusal, may_query, may_sign, may_undo,
    may_upload, same_as_prechecked, same_as_signed,
};
use lf_rx::{Refused, RxContent};
use lf_vocab::Moment;

use crate::fixture::{
    HOSPITAL, OTHER_PHARMACY, PHARMACY, PSN_NO, at, code, in_time, number, p, psn, signed, too_late, trace_code,
};

/// Asserts that the codes met while mending are exactly the declared ones.
pub fn climbs(rungs: &[&dyn Refused], declared: &[&str]) {
    let met: Vec<_> = rungs.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(met, declared);
    for refusal in rungs {
        assert!(!refusal.source().is_empty());
        assert!(refusal.sentence().chars().all(|c| !c.is_ascii_control()) && !refusal.sentence().is_empty());
    }
}

#[test]
fn t7102_sign() {
    let (mine, other) = (code(HOSPITAL), code("H36090200002"));
    let (right, wrong) = (trace_code(1), trace_code(2));
    let err = |state: &str, caller, trace, now| may_sign(&at(state), caller, trace, now).unwrap_err();
    climbs(
        &[
            &err("revoked", &other, Some(&wrong), too_late()),
            &err("revoked", &mine, Some(&wrong), too_late()),
            &err("revoked", &mine, Some(&right), too_late()),
            &err("signed", &mine, Some(&right), too_late()),
            &err("signed", &mine, Some(&right), in_time()),
            &same_as_prechecked(&content(), &SignedFields::default()).unwrap_err(),
        ],
        SignRefusal::CODES,
    );
    assert_eq!(may_sign(&at("pre_checked"), &mine, Some(&right), in_time()), Ok(()));
    assert_eq!(may_sign(&at("pre_checked"), &mine, None, in_time()), Err(SignRefusal::WrongTraceCode));
}

fn content() -> RxContent {
    let visit = serde_json::json!({
        "fixmedins_name": "某医院", "fixmedins_code": HOSPITAL, "mdtrt_id": "MD1", "med_type": "11", "ipt_otp_no": "OP1",
        "psn_no": PSN_NO, "patn_name": "某人", "psn_cert_type": "01", "certno": "36090219900101001X",
        "patn_age": 360_000, "gend": "1", "prsc_dept_name": "全科", "prsc_dept_code": "A02",
        "dr_code": "D360902000001", "prsc_dr_name": "医师", "dr_profttl_codg": "233", "dr_profttl_name": "主治医师",
        "dr_dept_code": "A02", "dr_dept_name": "全科", "mdtrt_time": in_time(), "sp_dise_flag": "0",
        "maindiag_code": "J06.900", "maindiag_name": "急性上呼吸道感染",
    });
    let head = serde_json::json!({
        "mdtrt_cert_type": "01", "biz_type_code": "01", "hosp_rxno": "CF1", "rx_type_code": "1",
        "prsc_time": in_time(), "rx_drug_cnt": 10_000, "vali_days": 3, "vali_end_time": too_late(),
        "long_rx_flag": false,
    });
    let whole = serde_json::json!({ "head": head, "rxdrugdetail": [], "mdtrtinfo": visit, "diseinfo": [] });
    serde_json::from_value(whole).unwrap()
}

#[test]
fn the_signed_text_speaks_of_what_was_judged() {
    let right = [
        ("mdtrt_id", "MD1"),
        ("patn_name", "某人"),
        ("psn_cert_type", "01"),
        ("certno", "36090219900101001x"),
        ("fixmedins_code", HOSPITAL),
        ("dr_code", "D360902000001"),
        ("prsc_dr_name", "医师"),
    ];
    let fields = |list: &[(&str, &str)]| {
        SignedFields(list.iter().map(|(name, said)| ((*name).to_owned(), Some((*said).to_owned()))).collect())
    };
    assert_eq!(same_as_prechecked(&content(), &fields(&right)), Ok(()));
    for at in 0..right.len() {
        let differs = Err(SignRefusal::FieldDiffers(right[at].0.to_owned()));
        for said in ["另", ""] {
            let mut other = right;
            other[at].1 = said;
            assert_eq!(same_as_prechecked(&content(), &fields(&other)), differs);
        }
        let rest: Vec<_> = right.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, field)| *field).collect();
        assert_eq!(same_as_prechecked(&content(), &fields(&rest)), differs);
    }
}

#[test]
fn t7103_upload() {
    let (mine, other) = (code(HOSPITAL), code("H36090200002"));
    let (right, wrong) = (trace_code(1), trace_code(2));
    let err = |state: &str, caller, trace, now| may_upload(&at(state), caller, trace, now).unwrap_err();
    let fields = |value: &str| SignedFields(vec![("rxTraceCode".into(), Some(value.into()))]);
    let same =
        |value: &str, digest: &str, file: &str| same_as_signed(&signed(), &fields("1"), &fields(value), digest, file);
    climbs(
        &[
            &err("revoked", &other, &wrong, too_late()),
            &err("revoked", &mine, &wrong, too_late()),
            &err("revoked", &mine, &right, too_late()),
            &err("active", &mine, &right, too_late()),
            &err("pre_checked", &mine, &right, too_late()),
            &err("signed", &mine, &right, too_late()),
            &same("2", "x", "x").unwrap_err(),
            &same("1", "x", "x").unwrap_err(),
            &same("1", "digest", "x").unwrap_err(),
        ],
        UploadRefusal::CODES,
    );
    assert_eq!(same("1", "digest", "ab"), Ok(()));
    assert_eq!(may_upload(&at("signed"), &mine, &right, in_time()), Ok(&signed()));
}

#[test]
fn signed_fields_are_compared_by_meaning() {
    let fields = |list: &[(&str, Option<&str>)]| {
        SignedFields(list.iter().map(|(n, v)| ((*n).to_owned(), v.map(str::to_owned))).collect())
    };
    let one = fields(&[("a", Some("1")), ("b", None)]);
    assert_eq!(one.first_difference(&fields(&[("b", Some("")), ("a", Some("1"))])), None);
    assert_eq!(one.first_difference(&fields(&[("a", Some("1"))])), None);
    assert_eq!(one.first_difference(&fields(&[("a", Some("2"))])), Some("a"));
    assert_eq!(one.first_difference(&fields(&[])), Some("a"));
    // What only the other side says is a difference too.
    assert_eq!(one.first_difference(&fields(&[("a", Some("1")), ("c", Some("3"))])), Some("c"));
}

#[test]
fn t7104_undo() {
    let (mine, other) = (code(HOSPITAL), code("H36090200002"));
    let (doctor, another) = (p("D360902000001"), p("D360902000002"));
    let err = |state: &str, caller, dr_code| may_undo(&at(state), caller, dr_code).unwrap_err();
    climbs(
        &[
            &err("revoked", &other, &another),
            &err("revoked", &mine, &another),
            &err("revoked", &mine, &doctor),
            &err("settled", &mine, &doctor),
            &err("sold", &mine, &doctor),
            &err("refunded", &mine, &doctor),
        ],
        UndoRefusal::CODES,
    );
    assert_eq!(err("self_paid", &mine, &doctor), UndoRefusal::Dispensed);
    for state in ["pre_checked", "signed", "active", "carried", "verified", "chk_refused", "reviewed"] {
        assert_eq!(may_undo(&at(state), &mine, &doctor), Ok(()), "{state}");
    }
}

#[test]
fn t7105_7106_7107_query() {
    let (mine, other) = (code(HOSPITAL), code("H36090200002"));
    let rx = at("active");
    let err = |caller, visit, same| may_query(&rx, caller, visit, same).unwrap_err();
    climbs(
        &[
            &err(&other, "x", false),
            &err(&mine, "x", false),
            &err(&mine, "MD1", false),
            // What the two later queries add is decided by the state alone.
            &issue::QueryRefusal::NotReviewed,
            &issue::QueryRefusal::NotSettled,
        ],
        QueryRefusal::CODES,
    );
    assert_eq!(may_query(&rx, &mine, "MD1", true), Ok(()));
}

#[test]
fn t7204_token() {
    let entry = |at: u64| AuthEntry { auth_rxno: format!("a{at}"), epc_token: format!("t{at}"), hi_rxno: number(at) };
    let mut batch = AuthBatch {
        batch_no: "b".into(),
        poolarea_no: p("360900"),
        fixmedins_code: code(PHARMACY),
        psn_no: psn("1"),
        expires_in: Moment::from_micros(100),
        entries: vec![entry(1), entry(2)],
        taken: Some(number(2)),
        epc_chnl_id: None,
    };
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let moment = Moment::from_micros;
    let err = |token, auth, who, now| batch.open(token, auth, who, moment(now)).unwrap_err();
    climbs(
        &[
            &err("x", "x", &other, 100),
            &err("t1", "x", &other, 100),
            &err("t1", "x", &mine, 100),
            &err("t1", "x", &mine, 99),
            &err("t1", "a1", &mine, 99),
            &batch.may_take().unwrap_err(),
        ],
        TokenRefusal::CODES,
    );
    batch.taken = None;
    assert_eq!(batch.may_take(), Ok(()));
    assert_eq!(batch.open("t1", "a1", &mine, moment(99)), Ok(&entry(1)));
}
