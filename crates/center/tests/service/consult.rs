//! Consultations and what is asked over several prescriptions: agreements of hospital and pharmacy, one patient at a time, reasons
//! for buying outside, consent, and drugs that still last.

use std::sync::Arc;

use lf_center::t7101_precheck::Stated;
use lf_ports::lists::{ConsultPair, DrugRule};
use lf_ports::{
    ChangeSet, Consult, Edition, EditionChange, EditionOf, Fixmedins, Item as Row, Lists, MedinsNatu, Person,
    RegistryPut, Store as _,
};
use lf_rx::event::Session;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{HOSPITAL, OTHER_HOSPITAL, OTHER_PHARMACY, PHARMACY, drugs, fixmedins};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::{BizTypeCode, DelvStasCodg, DelvWay};
use lf_vocab::{Day, Qty, Span};

use crate::said::{code, codes, send};

fn span(from: &str, until: Option<&str>) -> Span<Day> {
    Span::new(from.parse().unwrap(), until.map(|day| day.parse().unwrap())).unwrap()
}

async fn edition(center: &TestCenter, list: Lists, items: Vec<Row>) {
    let ver = center.store.editions(EditionOf::List(list)).await.unwrap().len() as i64 + 1;
    let edition = Edition {
        of: EditionOf::List(list),
        edition: format!("第{ver}批"),
        from: "2026-01-01".parse().unwrap(),
        ver,
        file_sm3: "00".repeat(32),
        row_cnt: items.len() as u64,
        imported: center.now(),
    };
    let edition = Some(EditionChange { edition, ends: vec![], drugs: vec![], items });
    center.put(ChangeSet { edition, ..ChangeSet::default() }).await;
}

/// A register of one agreement, with the pharmacy of the test.
pub async fn agreement(center: &TestCenter, agreement: Span<Day>) {
    let row = ConsultPair {
        fixmedins_code: HOSPITAL.parse().unwrap(),
        phar_fixmedins_code: PHARMACY.parse().unwrap(),
        agreement,
        agre_no: None,
    };
    edition(center, Lists::ConsultPair, vec![Row::ConsultPair(row)]).await;
}

/// A center whose hospital is an internet hospital too.
pub async fn internet() -> TestCenter {
    let center = TestCenter::new().await;
    let open = span("2024-01-01", None);
    let consult = Consult { licence: open, parent_fixmedins_code: OTHER_HOSPITAL.parse().unwrap(), supplement: open };
    let hospital = Fixmedins { consult: Some(consult), ..fixmedins(HOSPITAL, "宜春某医院") };
    center.register(RegistryPut::Fixmedins(hospital)).await;
    center
}

/// A prescription of a consultation in so many minutes after ten o'clock.
pub fn seen<'c>(center: &'c TestCenter, person: &Person, minutes: (i64, i64)) -> Life<'c> {
    let mut life = center.life(person);
    life.content.head.biz_type_code = BizTypeCode::Internet;
    let at = |minutes: i64| center.now().plus_seconds(minutes * 60);
    life.stated = Stated { session: Session::new(at(minutes.0), at(minutes.1)), ..Stated::default() };
    life
}

/// The same, in the 问诊区 of a pharmacy that the doctor names or not.
pub fn in_pharmacy<'c>(center: &'c TestCenter, named: Option<&str>) -> Life<'c> {
    let mut life = seen(center, &center.people.active, (-30, -20));
    life.stated.flags = vec![("itnt_in_phar_flag", true)];
    life.stated.itnt_phar_code = named.map(|code| code.parse().unwrap());
    life
}

async fn said(life: &mut Life<'_>, code: &str) -> Option<String> {
    let told = life.precheck().await.unwrap().reminders;
    told.into_iter().find(|reminder| reminder.code == code).map(|reminder| reminder.sentence)
}

#[tokio::test]
async fn a_consultation_in_a_pharmacy_needs_an_agreement_in_force() {
    // proves JX-2.3
    const NONE: &str = "ITNT-NO-AGREEMENT";
    let center = internet().await;
    let told = said(&mut in_pharmacy(&center, Some(PHARMACY)), NONE).await.unwrap();
    assert!(told.contains("没有查到"), "no register of agreements counts yet: {told}");
    let of_another_city = ConsultPair {
        fixmedins_code: "H36010200001".parse().unwrap(),
        phar_fixmedins_code: PHARMACY.parse().unwrap(),
        agreement: span("2026-01-01", None),
        agre_no: None,
    };
    edition(&center, Lists::ConsultPair, vec![Row::ConsultPair(of_another_city)]).await;
    let told = said(&mut in_pharmacy(&center, Some(PHARMACY)), NONE).await.unwrap();
    assert!(told.contains("没有查到"), "another city's register says nothing of this one: {told}");
    agreement(&center, span("2026-01-01", Some("2026-11-24"))).await;
    assert_eq!(said(&mut in_pharmacy(&center, Some(PHARMACY)), NONE).await, None);
    assert_eq!(codes(&in_pharmacy(&center, Some(OTHER_PHARMACY)).precheck().await), [NONE]);
    // Who names the pharmacy and no flag sat there all the same; who says that he did not, did not.
    let mut named = in_pharmacy(&center, Some(OTHER_PHARMACY));
    named.stated.flags.clear();
    assert_eq!(codes(&named.precheck().await), [NONE]);
    named.stated.flags = vec![("itnt_in_phar_flag", false)];
    assert_eq!(said(&mut named, NONE).await, None);
    let mut elsewhere = seen(&center, &center.people.active, (-30, -20));
    assert_eq!(said(&mut elsewhere, NONE).await, None, "who sits at home needs none");
    // Where the doctor named no pharmacy, the one that serves the prescription is meant.
    let mut life = in_pharmacy(&center, None);
    assert!(said(&mut life, NONE).await.unwrap().contains("没有查到"));
    life.sign().await.unwrap();
    life.upload().await.unwrap();
    life.pharmacy = OTHER_PHARMACY.to_owned();
    assert!(life.authorise().await.unwrap().reply.list.is_empty(), "no agreement with that one");
    life.pharmacy = PHARMACY.to_owned();
    life.authorise().await.unwrap();
    // At the last moment it is in force, a moment later it is not.
    let downloaded = in_pharmacy(&center, Some(PHARMACY)).up_to(Step::Authorised).await;
    center.clock.advance_seconds(86_400 + 14 * 3_600 - 1);
    life.authorise().await.unwrap();
    life.download().await.unwrap();
    let mut life = in_pharmacy(&center, Some(PHARMACY)).up_to(Step::Reviewed).await;
    center.clock.advance_seconds(1);
    assert_eq!(codes(&life.sell().await), [NONE]);
    let mut late = downloaded;
    assert!(late.authorise().await.unwrap().reply.list.is_empty());
}

#[tokio::test]
async fn an_agreement_that_lapses_before_the_download_refuses_it() {
    // proves JX-2.3
    let center = internet().await;
    agreement(&center, span("2026-01-01", Some("2026-11-23"))).await;
    center.clock.advance_seconds(14 * 3_600 - 60);
    let mut life = in_pharmacy(&center, Some(PHARMACY)).up_to(Step::Authorised).await;
    center.clock.advance_seconds(60);
    assert_eq!(codes(&life.download().await), ["ITNT-NO-AGREEMENT"]);
}

#[tokio::test]
async fn an_internet_hospital_rests_on_a_designated_institution_of_its_province() {
    // proves JX-2.1
    let center = internet().await;
    let sent = async || codes(&seen(&center, &center.people.active, (-30, -20)).precheck().await);
    assert_eq!(sent().await, [""; 0]);
    let parent = || fixmedins(OTHER_HOSPITAL, "宜春另一医院");
    let ended = Fixmedins { agreement: span("2024-01-01", Some("2026-11-22")), ..parent() };
    let elsewhere = Fixmedins { poolarea_no: "420100".parse().unwrap(), ..parent() };
    for other in [ended, elsewhere] {
        center.register(RegistryPut::Fixmedins(other)).await;
        assert_eq!(sent().await, ["ITNT-QUALIFICATION"]);
    }
    let last_day = Fixmedins { agreement: span("2024-01-01", Some("2026-11-23")), ..parent() };
    center.register(RegistryPut::Fixmedins(last_day)).await;
    assert_eq!(sent().await, [""; 0]);
}

#[tokio::test]
async fn a_doctor_sees_one_person_at_a_time() {
    // proves JX-2.4c
    const OVERLAP: &str = "ITNT-OVERLAP";
    let center = internet().await;
    seen(&center, &center.people.active, (-30, -20)).up_to(Step::Uploaded).await;
    let other = &center.people.retired;
    assert_eq!(codes(&seen(&center, other, (-21, -10)).precheck().await), [OVERLAP]);
    assert_eq!(codes(&seen(&center, other, (-60, -1)).precheck().await), [OVERLAP]);
    let told = seen(&center, other, (-60, -1)).precheck().await;
    assert!(format!("{told:?}").contains("其他1名参保人"), "{told:?}");
    assert_eq!(said(&mut seen(&center, other, (-20, -10)), OVERLAP).await, None, "one after the other");
    assert_eq!(said(&mut seen(&center, other, (-40, -30)), OVERLAP).await, None);
    assert_eq!(said(&mut seen(&center, &center.people.active, (-25, -15)), OVERLAP).await, None, "the same person");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_uploads_at_once_one_passes() {
    // proves JX-2.4c
    let center = Arc::new(internet().await);
    for round in 0..8 {
        let at = (-30 - 20 * round, -20 - 20 * round);
        let mut ready = Vec::new();
        for person in [&center.people.active, &center.people.retired] {
            let life = seen(&center, person, at).up_to(Step::Signed).await;
            let command = life.upload_command();
            ready.push((life.ctx(&life.hospital, &command).await, command));
        }
        let tasks: Vec<_> = ready
            .into_iter()
            .map(|(ctx, command)| {
                let center = center.clone();
                tokio::spawn(async move { center.center.t7103_upload(&ctx, &command).await })
            })
            .collect();
        let mut ended = Vec::new();
        for task in tasks {
            ended.push(code(&task.await.unwrap()));
        }
        ended.sort();
        assert_eq!(ended, ["ITNT-OVERLAP", "ok"], "round {round}");
    }
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

/// A center whose hospital lies in another place.
async fn hospital_in(place: &str) -> TestCenter {
    let center = TestCenter::new().await;
    let hospital = Fixmedins { poolarea_no: place.parse().unwrap(), ..fixmedins(HOSPITAL, "某医院") };
    center.register(RegistryPut::Fixmedins(hospital)).await;
    center
}

fn out(texts: &[(&'static str, &str)], flags: &[(&'static str, bool)]) -> Stated {
    let texts = texts.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    Stated { texts, flags: flags.to_vec(), ..Stated::default() }
}

#[tokio::test]
async fn the_reason_for_buying_outside_is_judged_where_it_is_stated() {
    // proves HB-1.3, HB-1.4, GX-2.1a, GX-2.2d
    for (place, stated) in [("420200", true), ("450100", false)] {
        let center = hospital_in(place).await;
        let sent = |texts: &[(&'static str, &str)], flags: &[(&'static str, bool)]| {
            let mut life = center.life(&center.people.active);
            life.stated = out(texts, flags);
            life
        };
        // Hubei prints that a record is named; Guangxi reminds.
        if stated {
            assert_eq!(codes(&sent(&[("out_rea", "1")], &[]).precheck().await), ["OUT-NO-PURCHASE-RECORD"]);
        } else {
            assert!(said(&mut sent(&[("out_rea", "1")], &[]), "OUT-NO-PURCHASE-RECORD").await.is_some());
        }
        for told in [("tmp_buy_no", "LC1"), ("tmp_buy_rea", "厂家停产")] {
            sent(&[("out_rea", "1"), told], &[]).precheck().await.unwrap();
        }
        // A purchase that has a number was tried; one that was not tried is reminded of.
        let mut tried = sent(&[("out_rea", "2"), ("tmp_buy_no", "LC1")], &[]);
        assert_eq!(said(&mut tried, "OUT-TEMPORARY-PURCHASE").await, None);
        let mut not_tried = sent(&[("out_rea", "2")], &[("tmp_buy_flag", false)]);
        assert!(said(&mut not_tried, "OUT-TEMPORARY-PURCHASE").await.is_some());
        if stated {
            assert_eq!(codes(&sent(&[("out_rea", "3")], &[]).precheck().await), ["OUT-REASON"]);
            assert_eq!(codes(&sent(&[], &[("out_rea_drg_flag", true)]).precheck().await), ["OUT-DRG"]);
        }
    }
}

#[tokio::test]
async fn a_public_hospital_is_asked_for_its_regions_rules_and_no_other() {
    // proves GX-2.1a
    const RULE: &str = "OUT-PUBLIC-RULE";
    let center = hospital_in("450100").await;
    let has = |told: &[lf_rx::Refusal]| told.iter().any(|reminder| reminder.code == RULE);
    for (medins_natu, asked) in [(None, false), (Some(MedinsNatu::Private), false), (Some(MedinsNatu::Public), true)] {
        let poolarea_no = "450100".parse().unwrap();
        let hospital = Fixmedins { poolarea_no, medins_natu, ..fixmedins(HOSPITAL, "某医院") };
        center.register(RegistryPut::Fixmedins(hospital)).await;
        for (flag, refused) in [(None, false), (Some(true), false), (Some(false), true)] {
            let mut life = center.life(&center.people.active);
            life.stated = out(&[], &flag.map(|flag| ("out_rule_flag", flag)).into_iter().collect::<Vec<_>>());
            let told = life.precheck().await;
            let place = format!("{medins_natu:?} {flag:?}");
            if asked && refused {
                assert_eq!(codes(&told), [RULE], "{place}");
                continue;
            }
            assert_eq!(has(&told.unwrap().reminders), asked && flag.is_none(), "{place}");
            life.sign().await.unwrap();
            assert_eq!(has(&life.upload().await.unwrap().reminders), asked && flag.is_none(), "{place}");
        }
        // What 7101 did not state may be stated with the upload.
        for (flag, refused) in [(true, false), (false, true)] {
            let mut life = center.life(&center.people.active).up_to(Step::Signed).await;
            life.upload_flags = vec![("out_rule_flag", flag)];
            match life.upload().await {
                told if asked && refused => assert_eq!(codes(&told), [RULE]),
                told => assert!(!has(&told.unwrap().reminders), "{medins_natu:?} {flag}"),
            }
        }
    }
    // In a place whose law says nothing of it, a public hospital is asked nothing.
    let elsewhere = Fixmedins { medins_natu: Some(MedinsNatu::Public), ..fixmedins(HOSPITAL, "某医院") };
    center.register(RegistryPut::Fixmedins(elsewhere)).await;
    assert_eq!(said(&mut center.life(&center.people.active), RULE).await, None);
}

#[tokio::test]
async fn from_need_to_the_pharmacy_in_wuhan() {
    // proves WH-6.1: needed and not to be had for now, prescribed out, reviewed by the pharmacist, taken
    const REASON: &str = "OUT-REASON-MISSING";
    let center = TestCenter::new().await;
    let pool = "420100".parse().unwrap();
    for code in [HOSPITAL, PHARMACY] {
        center.register(RegistryPut::Fixmedins(Fixmedins { poolarea_no: pool, ..fixmedins(code, "武汉某机构") })).await;
    }
    let person = Person { poolarea_no: pool, ..center.people.active.clone() };
    center.register(RegistryPut::Person(person.clone())).await;
    let needed = |texts: &[(&'static str, &str)]| {
        let mut life = center.life(&person);
        life.content.head.insu_plc_no = Some(pool);
        life.stated = out(texts, &[]);
        life
    };
    assert!(said(&mut needed(&[]), REASON).await.is_some_and(|told| told.contains("没有收到外配理由")));
    assert!(said(&mut needed(&[("out_rea", "2")]), REASON).await.is_some_and(|told| told.contains("所填理由不同")));
    assert_eq!(codes(&needed(&[("out_rea", "1")]).precheck().await), ["OUT-NO-PURCHASE-RECORD"]);
    let mut life = needed(&[("out_rea", "1"), ("tmp_buy_no", "LC202611001")]);
    assert_eq!(said(&mut life, REASON).await, None);
    needed(&[("out_rea", "1"), ("tmp_buy_no", "LC202611001")]).up_to(Step::Sold).await;
}

#[tokio::test]
async fn what_was_stated_is_decided_again_at_the_upload() {
    // proves HB-1.3, GX-2.2b
    for (place, flag, told) in
        [("420200", "out_rea_drg_flag", "OUT-DRG"), ("450100", "phar_preset_flag", "RX-PRESET-PHARMACY")]
    {
        let center = hospital_in(place).await;
        let mut life = center.life(&center.people.active).up_to(Step::Signed).await;
        life.upload_flags = vec![(flag, true)];
        assert_eq!(codes(&life.upload().await), [told]);
        life.upload_flags = vec![(flag, false)];
        life.upload().await.unwrap();
        let mut early = center.life(&center.people.active);
        early.stated = out(&[], &[(flag, true)]);
        assert_eq!(codes(&early.precheck().await), [told]);
    }
}

#[tokio::test]
async fn without_consent_nothing_flows() {
    // proves JX-3.2b
    let center = TestCenter::new().await;
    let signed = async |flags: &[(&'static str, bool)]| {
        let mut life = center.life(&center.people.active);
        life.stated = out(&[], flags);
        life.up_to(Step::Signed).await
    };
    let told = async |mut life: Life<'_>, flags: &[(&'static str, bool)]| -> Vec<String> {
        life.upload_flags = flags.to_vec();
        match life.upload().await {
            Ok(answer) => answer.reminders.into_iter().map(|reminder| reminder.code).collect(),
            refused => codes(&refused),
        }
    };
    let (yes, no) = ([("psn_agre_flag", true)], [("psn_agre_flag", false)]);
    assert_eq!(told(signed(&[]).await, &[]).await, ["RX-NO-CONSENT"], "reminded of");
    assert_eq!(told(signed(&yes).await, &[]).await, [""; 0]);
    assert_eq!(told(signed(&[]).await, &yes).await, [""; 0]);
    let mut refused = signed(&no).await;
    assert_eq!(codes(&refused.upload().await), ["RX-NO-CONSENT"]);
    assert_eq!(told(refused, &yes).await, [""; 0], "who agrees later agrees");
    let withdrawn = signed(&yes).await;
    assert_eq!(told(withdrawn, &no).await, ["RX-NO-CONSENT"]);
}

/// One pack of seven, one a day, prescribed for seven days.
fn week<'c>(center: &'c TestCenter, hospital: &str) -> Life<'c> {
    let item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", "10");
    let mut life = center.life(&center.people.active).of(vec![item]);
    life.hospital = hospital.to_owned();
    life.content.mdtrtinfo.fixmedins_code = hospital.parse().unwrap();
    life.content.rxdrugdetail[0].used_frqu_codg = Some("11".to_owned());
    life
}

const WEEK: i64 = 7 * 86_400;

#[tokio::test]
async fn a_course_goes_on_over_several_prescriptions() {
    // proves HB-1.12
    let center = TestCenter::new().await;
    let doctor = lf_testkit::region::practitioner(OTHER_HOSPITAL, lf_testkit::region::DOCTOR, "丁医师");
    center.register(RegistryPut::Practitioner(doctor)).await;
    let rule = DrugRule {
        med_list_codg: drugs::AMLODIPINE.parse().unwrap(),
        genname: None,
        rule_type: "限定支付疗程".to_owned(),
        rule_value: "14天".to_owned(),
        batch: None,
    };
    edition(&center, Lists::DrugRule, vec![Row::DrugRule(rule)]).await;
    const COURSE: &str = "PAY-LIMIT-COURSE";
    let mut first = week(&center, HOSPITAL);
    assert_eq!(said(&mut first, COURSE).await, None);
    // Pre-checked only: nobody takes it.
    assert_eq!(said(&mut week(&center, HOSPITAL), COURSE).await, None);
    week(&center, HOSPITAL).up_to(Step::Settled).await;
    center.clock.advance_seconds(WEEK);
    week(&center, OTHER_HOSPITAL).up_to(Step::Settled).await;
    center.clock.advance_seconds(WEEK);
    let told = said(&mut week(&center, HOSPITAL), COURSE).await.unwrap();
    assert!(told.contains("共21天"), "the third week, wherever the second was prescribed: {told}");
    // A day's pause ends the course.
    center.clock.advance_seconds(86_400);
    assert_eq!(said(&mut week(&center, HOSPITAL), COURSE).await, None);
    // The course is the person's own.
    let mut other = week(&center, HOSPITAL);
    other.person = center.people.retired.clone();
    assert_eq!(said(&mut other, COURSE).await, None);
}

#[tokio::test]
async fn who_has_the_drug_twice_already_is_reminded_of() {
    // proves JX-4.1.2: 五必查, as a reminder before anything is prescribed
    let center = hospital_in("420200").await;
    const REPEATED: &str = "RX-REPEATED";
    for told in [None, None] {
        let mut life = week(&center, HOSPITAL);
        assert_eq!(said(&mut life, REPEATED).await, told);
        life.sign().await.unwrap();
        life.upload().await.unwrap();
    }
    let told = said(&mut week(&center, HOSPITAL), REPEATED).await.unwrap();
    assert!(told.contains("此前有2张") && told.contains("2026-11-28"), "{told}");
    // After three days nobody can fetch them any longer.
    center.clock.advance_seconds(3 * 86_400);
    assert_eq!(said(&mut week(&center, HOSPITAL), REPEATED).await, None);
}

#[tokio::test]
async fn more_than_twelve_weeks_in_hand_are_reminded_of() {
    // proves JX-2.5d
    let center = TestCenter::new().await;
    let long = |days: i64| {
        let item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", &(days / 7).to_string(), "10");
        let mut life = center.life(&center.people.active).of(vec![item]);
        life.content.head.long_rx_flag = true;
        life.content.rxdrugdetail[0].used_frqu_codg = Some("11".to_owned());
        life.content.rxdrugdetail[0].medc_days = Qty::new(days * 10_000);
        life.stated.flags = vec![("long_eval_flag", true), ("long_psn_conf_flag", true)];
        life
    };
    const HELD: &str = "RX-LONG-HELD";
    long(28).up_to(Step::Sold).await;
    assert_eq!(said(&mut long(56), HELD).await, None, "28 and 56 are twelve weeks");
    let told = said(&mut long(63), HELD).await.unwrap();
    assert!(told.contains("尚可用28天") && told.contains("共91天"), "{told}");
}

#[tokio::test]
async fn what_later_gates_ask_stands_in_the_first_event_and_names_no_person() {
    let center = internet().await;
    let mut life = in_pharmacy(&center, Some(PHARMACY));
    life.stated.texts = vec![("out_rea", "1".to_owned()), ("tmp_buy_no", "LC1".to_owned())];
    life.stated.texts.push(("tmp_buy_rea", format!("{}要求自购", life.person.psn_name)));
    life.precheck().await.unwrap();
    let rx = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap();
    let visit = rx.opened.visit.unwrap();
    assert_eq!((visit.biz_type_code, visit.session.is_some()), (BizTypeCode::Internet, true));
    assert_eq!(visit.texts.get("tmp_buy_no").map(String::as_str), Some("LC1"));
    // Of a free text only that it is there: this row is not sealed.
    assert_eq!(visit.texts.get("tmp_buy_rea").map(String::as_str), Some("已填写"));
    let text = serde_json::to_string(&visit).unwrap();
    assert!(!text.contains(&life.person.psn_name) && !text.contains(life.person.certno.as_str()));
    // A consultation outside of an internet hospital is none.
    let mut usual = seen(&center, &center.people.active, (-30, -20));
    usual.content.head.biz_type_code = BizTypeCode::Visit;
    usual.precheck().await.unwrap();
    let rx = center.store.rx(&usual.hi_rxno()).await.unwrap().unwrap();
    assert_eq!(rx.opened.visit.unwrap().session, None);
}

#[tokio::test]
async fn a_revisit_online_is_paid_for_and_brought_to_the_door() {
    // proves DG-3.5a: an internet visit with its session, the flow chosen online, the payment, the delivery
    let center = internet().await;
    let mut life = seen(&center, &center.people.active, (-30, -20)).up_to(Step::Uploaded).await;
    let visit = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().opened.visit.unwrap();
    assert_eq!((visit.biz_type_code, visit.session.is_some()), (BizTypeCode::Internet, true));
    let message = crate::online::asked(&life).await;
    let answer = send!(life, t7202_online, pharmacy, message).unwrap().reply;
    life.token = (answer.epc_token, answer.auth_rxno);
    life.download().await.unwrap();
    life.verify().await.unwrap();
    life.review().await.unwrap();
    life.sell().await.unwrap();
    let paid = life.settle().await.unwrap().reply.setl;
    assert_eq!(paid.hi_rxno, Some(life.hi_rxno()));
    for word in [DelvStasCodg::Waiting, DelvStasCodg::OnWay, DelvStasCodg::Arrived] {
        center.clock.advance_seconds(600);
        life.deliver(&life.deliver_command(DelvWay::Send, word)).await.unwrap();
    }
    center.clock.advance_seconds(60);
    life.sign_off(&life.sign_off_command()).await.unwrap();
    let rx = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap();
    assert_eq!(rx.state.name(), "settled");
    assert!(matches!(rx.state.delivery(), lf_rx::Delivery::Signed { .. }));
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}
