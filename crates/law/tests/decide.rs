//! Deciding by the packs of this repository: a case of Yichun through its gates, rows by name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

mod support;

use lf_law::{
    Dates, DecideRequest, Decision, Facts, Field, Gate, Grant, Law, LawError, LawValue, Outcome, Scope, Severity,
    Value, ViewError,
};
use lf_vocab::{Admdvs, Day, Moment, Span};

fn law() -> Law {
    support::load(&support::files())
}

fn yichun() -> Admdvs {
    "360902".parse().unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// What a plain national client sends for five drugs, and nothing the interface has no field for.
fn plain_case<'a>() -> Facts<'a> {
    let mut facts = Facts::new();
    facts
        .set(Field::PrscTime, at("2026-11-20 09:00:00"))
        .set(Field::ValiDays, 3i64)
        .set(Field::ValiEndTime, at("2026-11-23 09:00:00"))
        .set(Field::DiagTimeMin, at("2026-11-20 08:58:00"))
        .set(Field::RxTypeCode, "1")
        .set(Field::BizTypeCode, "01")
        .set(Field::RxExraAttrCode, "02")
        .set(Field::LongRxFlag, false)
        .set(Field::MedType, "11")
        .set(Field::Insutype, "310")
        .set(Field::MaindiagCode, "I10.x00x002")
        .set(Field::PatnAge, 56i64)
        .set(Field::IssFixmedinsFlag, true)
        .set(Field::DrRegFlag, true);
    for name in ["缬沙坦胶囊", "苯磺酸氨氯地平片", "阿托伐他汀钙片", "盐酸二甲双胍片", "阿司匹林肠溶片"]
    {
        facts
            .push_line(Scope::Line)
            .set(Field::DrugGenname, name)
            .set(Field::RxItemTypeCode, "11")
            .set(Field::MedcDays, 7i64)
            .set(Field::ListFlag, true);
    }
    facts
}

fn decide(law: &Law, gate: Gate, facts: &Facts<'_>) -> Decision {
    law.decide(gate, &yichun(), facts, &[]).unwrap()
}

#[test]
fn a_plain_client_is_not_refused() {
    let decision = decide(&law(), Gate::Precheck, &plain_case());
    assert_eq!((decision.outcome, decision.findings.len()), (Outcome::Accepted, 0), "{:#?}", decision.findings);
}

#[test]
fn all_findings_come_in_documented_order() {
    // proves JX-2.5d, JX-2.5e, JX-3.1a: every breach is answered, not the first.
    let mut facts = plain_case();
    facts.set(Field::ValiDays, 7i64).set(Field::ValiEndTime, at("2026-11-27 09:00:00"));
    facts
        .push_line(Scope::Line)
        .set(Field::DrugGenname, "小儿氨酚黄那敏颗粒")
        .set(Field::RxItemTypeCode, "11")
        .set(Field::MedcDays, 30i64)
        .set(Field::ListFlag, true)
        .set(Field::ChldMedcFlag, true);
    let decision = decide(&law(), Gate::Precheck, &facts);
    let codes: Vec<_> = decision.findings.iter().map(|one| (&*one.code, one.line)).collect();
    assert_eq!(
        codes,
        [
            ("RX-DRUGS-MAX", None),
            ("RX-VALI-DAYS", None),
            ("RX-VALI-SPAN", None),
            ("RX-DAYS-MAX", Some(5)),
            ("RX-CHILD-DRUG", Some(5)),
        ]
    );
    let vali = &decision.findings[1];
    assert_eq!(vali.by(), "360000/rx.vali_days_max@2024-03-12");
    assert_eq!(vali.overrode.as_deref(), Some("100000/rx.vali_days_max"));
    assert_eq!(vali.doc_no.as_deref(), Some("赣医保字〔2024〕9号"));
    assert_eq!((&*vali.quote, vali.node, vali.field), ("电子处方流转有效期3天", "case", "vali_days"));
    assert_eq!(vali.sentence, "处方有效天数填写为7天，电子处方流转有效期是3天。");
    assert_eq!(vali.severity, Severity::Refuse);
}

#[test]
fn without_its_governing_date_a_case_is_defective() {
    let law = law();
    let error = law.decide(Gate::Precheck, &yichun(), &Facts::new(), &[]).unwrap_err();
    assert!(matches!(error, LawError::MissingDate { field: Field::PrscTime, .. }), "{error}");
    let mut facts = plain_case();
    facts.set(Field::PrscTime, at("2024-03-11 09:00:00"));
    let error = law.decide(Gate::Precheck, &yichun(), &facts, &[]).unwrap_err();
    assert!(matches!(error, LawError::NotFormalised { .. }), "{error}");
}

#[test]
fn facts_that_do_not_fit_are_refused() {
    let mut facts = plain_case();
    facts.set(Field::ValiDays, "三天");
    let error = law().decide(Gate::Precheck, &yichun(), &facts, &[]).unwrap_err();
    assert!(matches!(error, LawError::BadFacts(_)), "{error}");
}

#[test]
fn another_province_has_only_the_national_law() {
    let mut facts = plain_case();
    facts.push_line(Scope::Line).set(Field::RxItemTypeCode, "12").set(Field::MedcDays, 7i64);
    let chengdu = "510100".parse().unwrap();
    let decision = law().decide(Gate::Precheck, &chengdu, &facts, &[]).unwrap();
    let by: Vec<_> = decision.findings.iter().map(|one| one.by()).collect();
    assert_eq!(by, ["100000/rx.drugs_max@2007-05-01"], "西药与中成药同方在全国并不禁止");
}

#[test]
fn absent_consent_reminds_and_refused_consent_refuses() {
    // proves JX-3.2b
    let law = law();
    let mut facts = plain_case();
    facts.set(Field::UpldTime, at("2026-11-20 09:10:00"));
    let silent = decide(&law, Gate::Upload, &facts);
    let consent = |decision: &Decision| {
        let one = decision.findings.iter().find(|one| &*one.code == "RX-NO-CONSENT");
        one.map(|one| (one.severity, one.absent))
    };
    assert_eq!((silent.outcome, consent(&silent)), (Outcome::Accepted, Some((Severity::Remind, true))));
    facts.set(Field::PsnAgreFlag, false);
    let refused = decide(&law, Gate::Upload, &facts);
    assert_eq!((refused.outcome, consent(&refused)), (Outcome::Refused, Some((Severity::Refuse, false))));
}

#[test]
fn parameters_of_the_scheme_are_read_by_place_and_day() {
    let law = law();
    let dates = |day: &str| Dates::new().with(Field::SetlTime, day.parse::<Day>().unwrap());
    let (june, july) = (dates("2023-06-30"), dates("2023-07-01"));
    let view = law.view(&yichun(), &july, &[]);
    assert_eq!(view.fen("mz_tc.deductible_fen").unwrap().get(), 30_000);
    assert_eq!(view.ratio("mz_tc.ratio.retired.pharmacy").unwrap().to_string(), "0.7");
    assert_eq!(view.fen("360000/mz_tc.fund_cap_fen.active").unwrap().get(), 200_000);
    assert_eq!(view.get("mz_tc.preselfpay.b").unwrap().by(), "360000/mz_tc.preselfpay.b@2023-01-01");
    assert!(matches!(view.int("mz_tc.deductible_fen"), Err(ViewError::WrongQuantity(_))));
    assert!(matches!(view.fen("mz_tc.no_such"), Err(ViewError::NotFormalised { .. })));
    let view = law.view(&yichun(), &june, &[]);
    assert_eq!(view.fen("mz_tc.deductible_fen").unwrap().get(), 60_000);
    assert!(matches!(view.ratio("mz_tc.ratio.active.pharmacy"), Err(ViewError::NotFormalised { .. })));
    let chengdu = "510100".parse().unwrap();
    let elsewhere = law.view(&chengdu, &july, &[]).fen("mz_tc.deductible_fen");
    assert!(matches!(elsewhere, Err(ViewError::NotFormalised { .. })));
    let undated = law.view(&yichun(), &Dates::new(), &[]).fen("mz_tc.deductible_fen");
    assert!(matches!(undated, Err(ViewError::Law(LawError::MissingDate { .. }))));
}

#[test]
fn a_question_in_json_is_answered() {
    let request: DecideRequest = serde_json::from_str(
        r#"{ "gate": "refund", "admdvs": "360902", "facts": {
            "retn_time": "2026-11-20 09:00:00", "orig_setl_time": "2026-11-02 09:00:00", "orig_route_flag": false } }"#,
    )
    .unwrap();
    // proves JX-3.5b
    let decision = request.decide(&law()).unwrap();
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["outcome"], "refused");
    assert_eq!(json["findings"][0]["provision"], "360000/refund.route");
    assert_eq!(json["findings"][0]["from"], "2024-03-12");
    let unknown: DecideRequest =
        serde_json::from_str(r#"{ "gate": "refund", "admdvs": "360902", "facts": { "no_such": 1 } }"#).unwrap();
    assert!(matches!(unknown.decide(&law()), Err(LawError::BadFacts(_))));
}

#[test]
fn a_grant_changes_only_what_allows_it() {
    // A grant on a provision that allows none is not heard.
    let law = law();
    let span = Span::new("2026-01-01".parse().unwrap(), Some("2027-01-01".parse::<Day>().unwrap())).unwrap();
    let grant = Grant {
        provision: "360000/rx.vali_days_max".to_owned(),
        admdvs: yichun().prefecture(),
        span,
        value: LawValue::Int(30),
        filing_no: "备1".to_owned(),
    };
    let mut facts = plain_case();
    facts.set(Field::ValiDays, 4i64);
    let decision = law.decide(Gate::Precheck, &yichun(), &facts, &[grant]).unwrap();
    assert!(decision.refusals().any(|one| &*one.code == "RX-VALI-DAYS"));
}

#[test]
fn herbs_are_judged_by_the_kind_of_doctor() {
    // proves JX-2.5a, JX-2.5b
    let law = law();
    let mut facts = plain_case();
    facts.set(Field::DrPracType, "1");
    facts.push_line(Scope::Line).set(Field::RxItemTypeCode, "13").set(Field::MedcDays, 7i64).set(Field::ListFlag, true);
    let decision = decide(&law, Gate::Precheck, &facts);
    let codes: Vec<_> = decision.refusals().map(|one| &*one.code).collect();
    assert_eq!(codes, ["RX-TCM-APART", "DR-SCOPE-TCM"]);
}

#[test]
fn half_a_day_too_much_is_too_much() {
    let mut facts = plain_case();
    facts
        .push_line(Scope::Line)
        .set(Field::RxItemTypeCode, "13")
        .set(Field::MedcDays, Value::Scaled(7_0001, 4))
        .set(Field::ListFlag, true);
    let decision = decide(&law(), Gate::Precheck, &facts);
    assert!(decision.refusals().any(|one| &*one.code == "RX-DAYS-MAX" && one.line == Some(5)));
}

#[test]
fn what_no_condition_of_a_place_rests_on_is_not_read_there() {
    let law = law();
    let (wuhan, nowhere) = ("420100".parse().unwrap(), "110000".parse().unwrap());
    let duty = Field::PharDutyFlag;
    assert!(law.reads(Gate::Settle, &yichun(), duty) && law.reads(Gate::Review, &yichun(), duty));
    assert!(!law.reads(Gate::Sell, &yichun(), duty), "it is asked at another gate");
    assert!(!law.reads(Gate::Settle, &wuhan, duty) && !law.reads(Gate::Settle, &nowhere, duty));
    // A condition under which a provision holds at all counts, and so does an exception.
    assert!(law.reads(Gate::Settle, &wuhan, Field::FundFlag));
}

#[test]
fn a_fact_is_awaited_only_where_something_may_turn_on_it() {
    let law = law();
    let wuhan: Admdvs = "420100".parse().unwrap();
    let awaits = |place: &Admdvs, facts: &Facts<'_>, field| {
        let fields = Field::ALL.iter().position(|one| *one == field).map(|at| &Field::ALL[at..=at]).unwrap();
        law.awaits(&law.resting(Gate::Precheck, *place, fields), facts)
    };
    let mut facts = plain_case();
    // 100000/long_rx.held_max holds of long-term prescriptions alone.
    assert!(!awaits(&yichun(), &facts, Field::OverlapDays) && !awaits(&yichun(), &facts, Field::HeldDays));
    facts.set(Field::LongRxFlag, true);
    assert!(awaits(&yichun(), &facts, Field::OverlapDays));
    assert!(!awaits(&yichun(), &facts, Field::HeldDays), "under a condition that is not known to hold");
    // 420000/rx.repeated asks no condition; Yichun has no such provision.
    assert!(awaits(&wuhan, &facts, Field::OverlapCnt) && !awaits(&yichun(), &facts, Field::OverlapCnt));
    // 100000/pay_limit.course holds of drugs with a limit, and is broken already when one of its other tests is.
    assert!(!awaits(&yichun(), &facts, Field::CourseDays));
    let limited = |medc_days: i64| {
        let mut facts = plain_case();
        facts.push_line(Scope::Line).set(Field::LmtDays, 14i64).set(Field::MedcDays, medc_days);
        awaits(&yichun(), &facts, Field::CourseDays)
    };
    assert!(limited(7) && !limited(15));
}
