//! Ladders of the institution's side (7102–7107) and of the token (7204): all defects at once, then mended one by
//! one, give every refusal in the declared order.

use lf_rx::Refused;
use lf_rx::auth::{AuthBatch, AuthEntry, TokenRefusal};
use lf_rx::decide::issue::{
    self, QueryRefusal, SignRefusal, SignedFields, UndoRefusal, UploadRefusal, may_query, may_sign, may_undo,
    may_upload, same_as_signed,
};
use lf_vocab::Moment;

use crate::fixture::{
    HOSPITAL, OTHER_PHARMACY, PHARMACY, at, code, in_time, number, p, psn, signed, too_late, trace_code,
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
        ],
        SignRefusal::CODES,
    );
    assert_eq!(may_sign(&at("pre_checked"), &mine, Some(&right), in_time()), Ok(()));
    assert_eq!(may_sign(&at("pre_checked"), &mine, None, in_time()), Err(SignRefusal::WrongTraceCode));
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
        ],
        TokenRefusal::CODES,
    );
    batch.taken = None;
    assert_eq!(batch.open("t1", "a1", &mine, moment(99)), Ok(&entry(1)));
}
