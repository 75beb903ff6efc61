//! The replay hears what the center heard: of every prescription the law is asked with the facts with which it was asked when the
//! doctor was answered, whatever came later.

use lf_center::t7101_precheck::Stated;
use lf_law::Severity;
use lf_ports::filing::{Filed, Filing, FilingBody, FilingChange, OpspFiling};
use lf_ports::lists::{ConsultPair, Designation, DrugRule, DsgnType, TagList, TaggedDrug};
use lf_ports::{ChangeSet, Consult, Fixmedins, Item as Row, Lists, MedinsNatu, Person, RegistryPut};
use lf_rx::event::Session;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{DOCTOR, HOSPITAL, OTHER_HOSPITAL, PHARMACY, catalogue, drugs, fixmedins};
use lf_testkit::{TestCenter, law_with};
use lf_vocab::Span;
use serde_json::json;

use super::*;

const WUHAN: &str = "420100";
const DONGGUAN: &str = "441900";
const SPECIAL: &str = drugs::ATORVASTATIN;

fn dsgn(place: &str, of: DsgnType, code: &str, dr_code: Option<&str>) -> Row {
    Row::Designation(Designation {
        poolarea_no: place.parse().unwrap(),
        dsgn_type: of,
        fixmedins_code: code.parse().unwrap(),
        dr_code: dr_code.map(str::to_owned),
        med_list_codg: None,
        opsp_dise_code: None,
        span: Span::new("2025-01-01".parse().unwrap(), None).unwrap(),
        filing_no: "备〔2025〕1号".to_owned(),
    })
}

fn tagged(list: TagList, place: &str, tag: &str, dise: Option<&str>) -> Row {
    let row = TaggedDrug {
        admdvs: place.parse().unwrap(),
        med_list_codg: SPECIAL.parse().unwrap(),
        genname: None,
        tag: tag.to_owned(),
        opsp_dise_code: dise.map(str::to_owned),
        hi_pay_std: (list == TagList::Renewal).then(|| "15".parse().unwrap()),
        enddate: None,
    };
    Row::Tagged(list, row)
}

pub fn special<'c>(center: &'c TestCenter, person: &Person, dise: Option<&str>) -> Life<'c> {
    let mut life = center.life(person).of(vec![Item::packs(SPECIAL, "阿托伐他汀钙片", "1", "20")]);
    life.content.mdtrtinfo.dise_codg = dise.map(str::to_owned);
    if dise.is_some() {
        life.content.mdtrtinfo.med_type = "14".to_owned();
    }
    life
}

/// What the doctor was told of a prescription that passed.
type Told = Vec<(HiRxno, Vec<String>)>;

async fn told(life: &mut Life<'_>, to: &mut Told) {
    let answer = life.precheck().await.unwrap();
    let mut codes: Vec<_> = answer.reminders.into_iter().map(|one| one.code).collect();
    codes.sort();
    to.push((answer.reply.hi_rxno, codes));
}

/// The packs of the repository, and the same with one text replaced in a file.
fn laws(file: &'static str, from: &'static str, to: &'static str) -> [Arc<Law>; 2] {
    let change = |path: &str, text: String| {
        assert!(path != file || text.contains(from), "{from} has moved");
        if path == file { text.replace(from, to) } else { text }
    };
    [Arc::new(law_with(|_, text| text)), Arc::new(law_with(change))]
}

fn same() -> [Arc<Law>; 2] {
    laws("", "", "")
}

/// What each folder says of every prescription: codes of refusals and reminders.
async fn replayed(center: &TestCenter, laws: &[Arc<Law>; 2]) -> [Told; 2] {
    let store: Arc<dyn Engine> = center.store.clone();
    let mut reader = Reader::new(&store, laws, center.now());
    let mut said = [Told::new(), Told::new()];
    for pool in store.pools().await.unwrap() {
        let Some(until) = store.case_page_end(pool, None, PAGE).await.unwrap() else { continue };
        for case in store.scan_cases(pool, None, &until).await.unwrap() {
            let mut heard = reader.hear(&case).await.unwrap().unwrap();
            let unasked = if heard.awaits { None } else { Some(reader.decide(&case, heard)) };
            heard = reader.hear(&case).await.unwrap().unwrap();
            let courses = reader.courses(&[(&case, heard.known.person.poolarea_no)]).await.unwrap().remove(0);
            heard.beside.courses = Some(courses);
            let decided = reader.decide(&case, heard);
            if let Some(unasked) = unasked {
                assert!(Tally::default().compare(&[unasked[0].clone(), decided[0].clone()]).is_none(), "{decided:?}");
                assert!(Tally::default().compare(&[unasked[1].clone(), decided[1].clone()]).is_none(), "{decided:?}");
            }
            for (said, decided) in said.iter_mut().zip(decided) {
                let findings = decided.unwrap().findings.into_iter().filter(|one| one.severity != Severity::Record);
                let mut codes: Vec<_> = findings.map(|one| one.code.to_string()).collect();
                codes.sort();
                said.push((case.hi_rxno.clone(), codes));
            }
        }
    }
    said
}

/// Both folders say what the doctors were told.
async fn agrees(center: &TestCenter, mut told: Told) {
    told.sort();
    let [old, new] = replayed(center, &same()).await;
    assert_eq!((&old, &new), (&told, &told));
}

fn has(said: &Told, code: &str) -> Vec<bool> {
    said.iter().map(|(_, codes)| codes.iter().any(|one| one == code)).collect()
}

#[tokio::test]
async fn designations_of_the_issuer_count_as_of_the_day_of_prescribing() {
    let (center, person) = TestCenter::elsewhere(DONGGUAN, DONGGUAN).await;
    let mut heard = Told::new();
    told(&mut special(&center, &person, Some("M03900")), &mut heard).await;
    assert_eq!(has(&heard, "INST-NOT-QUALIFIED"), [true], "no register yet, so the law reminds");
    center.clock.advance_seconds(86_400);
    let row = dsgn(DONGGUAN, DsgnType::Opsp, HOSPITAL, None);
    center.edition(Lists::Designation, "2026-11-23", vec![row]).await;
    told(&mut special(&center, &person, Some("M03900")), &mut heard).await;
    assert_eq!(has(&heard, "INST-NOT-QUALIFIED"), [true, false]);
    center.edition(Lists::Designation, "2026-11-24", vec![dsgn(DONGGUAN, DsgnType::Opsp, PHARMACY, None)]).await;
    agrees(&center, heard).await;
    let turned =
        laws("441900/mt.toml", "violated_if = { iss_opsp_flag = false }", "violated_if = { iss_opsp_flag = true }");
    let [_, new] = replayed(&center, &turned).await;
    assert_eq!(has(&new, "INST-NOT-QUALIFIED"), [true, true], "whom the register names is refused now");
}

#[tokio::test]
async fn the_responsible_doctor_counts_for_the_drugs_that_a_list_names() {
    let (center, person) = TestCenter::elsewhere(WUHAN, WUHAN).await;
    center
        .edition(Lists::Tagged(TagList::Spay), "2025-01-01", vec![tagged(TagList::Spay, WUHAN, "单独支付", None)])
        .await;
    let mut heard = Told::new();
    told(&mut special(&center, &person, None), &mut heard).await;
    let rows = vec![dsgn(WUHAN, DsgnType::Spay, HOSPITAL, None), dsgn(WUHAN, DsgnType::Spay, HOSPITAL, Some(DOCTOR))];
    center.clock.advance_seconds(86_400);
    center.edition(Lists::Designation, "2026-11-23", rows).await;
    told(&mut special(&center, &person, None), &mut heard).await;
    assert_eq!(has(&heard, "DR-NOT-RESPONSIBLE"), [true, false]);
    agrees(&center, heard).await;
    let file = "420100/dandu.toml";
    let doctor = laws(file, "violated_if = { dr_spay_flag = false }", "violated_if = { dr_spay_flag = true }");
    let [old, new] = replayed(&center, &doctor).await;
    assert_eq!([&old, &new].map(|said| has(said, "DR-NOT-RESPONSIBLE")), [[true, false], [true, true]]);
    // A list of the day names the drug for another disease only.
    let (center, person) = TestCenter::elsewhere(DONGGUAN, DONGGUAN).await;
    let mut heard = Told::new();
    told(&mut special(&center, &person, Some("M03900")), &mut heard).await;
    agrees(&center, heard).await;
    let row = tagged(TagList::Opsp, DONGGUAN, "门特", Some("M01600"));
    center.edition(Lists::Tagged(TagList::Opsp), "2026-11-01", vec![row]).await;
    let [old, _] = replayed(&center, &same()).await;
    assert_eq!(has(&old, "RX-EXTRA-DRUG"), [true], "what was imported for a day that is past counts for it");
}

/// Registers a disease of a person.
pub async fn filed(center: &TestCenter, person: &Person, filing_no: &str, dise: &str) {
    let opsp = OpspFiling {
        opsp_dise_code: dise.to_owned(),
        opsp_dise_name: "某病".to_owned(),
        biz_appy_type: None,
        fixmedins: vec![],
    };
    let body =
        FilingBody { filed: Filed::Opsp(opsp), opter_name: "甲".to_owned(), opt_time: center.now(), ended: None };
    let filing = Filing {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        filing_no: filing_no.to_owned(),
        from: "2026-11-01".parse().unwrap(),
        until: None,
        body,
    };
    center.put(ChangeSet { filings: vec![FilingChange::New(filing)], ..ChangeSet::default() }).await;
    center.clock.advance_seconds(lf_center::registers::KEPT_FRESH_SECONDS);
}

#[tokio::test]
async fn filings_of_the_person_count() {
    let (center, person) = TestCenter::elsewhere(DONGGUAN, DONGGUAN).await;
    filed(&center, &person, "1", "M03900").await;
    let mut heard = Told::new();
    told(&mut special(&center, &person, Some("M03900")), &mut heard).await;
    assert_eq!(has(&heard, "PSN-NOT-REGISTERED"), [false]);
    agrees(&center, heard).await;
    let turned =
        laws("441900/mt.toml", "violated_if = { psn_opsp_flag = false }", "violated_if = { psn_opsp_flag = true }");
    assert_eq!(has(&replayed(&center, &turned).await[1], "PSN-NOT-REGISTERED"), [true]);
}

#[tokio::test]
async fn what_the_doctor_stated_counts() {
    let (center, person) = TestCenter::elsewhere(WUHAN, WUHAN).await;
    let mut heard = Told::new();
    for out_rea in [Some("1"), Some("2"), None] {
        let mut life = special(&center, &person, None);
        if let Some(out_rea) = out_rea {
            let extras = json!({ "out_rea": out_rea, "tmp_buy_no": "LC202611001", "psn_agre_flag": "1" });
            life.content.mdtrtinfo.extras = Some(extras.to_string());
        }
        life.stated = stated_in(&life.content);
        told(&mut life, &mut heard).await;
    }
    assert_eq!(has(&heard, "OUT-REASON-MISSING"), [false, true, true]);
    agrees(&center, heard).await;
}

/// One pack of seven, one a day, prescribed for seven days.
fn week<'c>(center: &'c TestCenter) -> Life<'c> {
    let item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", "10");
    let mut life = center.life(&center.people.active).of(vec![item]);
    life.content.rxdrugdetail[0].used_frqu_codg = Some("11".to_owned());
    life
}

#[tokio::test]
async fn earlier_prescriptions_count_as_they_stood() {
    const COURSE: &str = "PAY-LIMIT-COURSE";
    let center = TestCenter::new().await;
    let rule = DrugRule {
        med_list_codg: drugs::AMLODIPINE.parse().unwrap(),
        genname: None,
        rule_type: "限定支付疗程".to_owned(),
        rule_value: "14天".to_owned(),
        batch: None,
    };
    center.edition(Lists::DrugRule, "2026-01-01", vec![Row::DrugRule(rule)]).await;
    let mut heard = Told::new();
    let mut lives = Vec::new();
    for _ in 0..4 {
        let mut life = week(&center);
        told(&mut life, &mut heard).await;
        life.sign().await.unwrap();
        life.upload().await.unwrap();
        center.clock.advance_seconds(60);
        lives.push(life);
    }
    // Two were there when the third was checked; itself and the fourth were not.
    assert_eq!(has(&heard, COURSE), [false, false, true, true]);
    // Three are taken back, and one is left.
    for life in &mut lives[1..] {
        life.undo().await.unwrap();
    }
    told(&mut week(&center), &mut heard).await;
    // The next day another is sold, and on the day after that the first may be fetched no longer.
    center.clock.advance_seconds(86_400);
    let mut sold = week(&center);
    told(&mut sold, &mut heard).await;
    for step in [sold.sign().await.map(drop), sold.upload().await.map(drop)] {
        step.unwrap();
    }
    told(&mut week(&center), &mut heard).await;
    sold.authorise().await.unwrap();
    sold.download().await.unwrap();
    sold.verify().await.unwrap();
    sold.review().await.unwrap();
    sold.sell().await.unwrap();
    sold.settle().await.unwrap();
    center.clock.advance_seconds(86_400);
    told(&mut week(&center), &mut heard).await;
    center.clock.advance_seconds(86_400);
    told(&mut week(&center), &mut heard).await;
    center.clock.advance_seconds(60);
    sold.refund().await.unwrap();
    center.clock.advance_seconds(60);
    told(&mut week(&center), &mut heard).await;
    assert_eq!(has(&heard, COURSE)[4..], [false, false, true, true, true, false], "{heard:?}");
    agrees(&center, heard).await;
}

/// A prescription of a consultation from so many minutes after now on.
fn seen<'c>(center: &'c TestCenter, person: &Person, minutes: [i64; 2], pharmacy: Option<&str>) -> Life<'c> {
    let mut life = center.life(person);
    life.content.head.biz_type_code = BizTypeCode::Internet;
    let [from, until] = minutes.map(|minutes| center.now().plus_seconds(minutes * 60));
    let extras = json!({
        "itnt_begntime": from.to_string(), "itnt_endtime": until.to_string(), "itnt_phar_code": pharmacy,
    });
    life.content.mdtrtinfo.extras = Some(extras.to_string());
    life.stated = stated_in(&life.content);
    assert_eq!(life.stated.session, Session::new(from, until));
    assert_ne!(life.stated, Stated::default());
    life
}

#[tokio::test]
async fn a_public_hospital_is_asked_again_what_it_stated() {
    const RULE: &str = "OUT-PUBLIC-RULE";
    let (center, person) = TestCenter::elsewhere("450100", "450100").await;
    let hospital = |medins_natu| {
        let poolarea_no = "450100".parse().unwrap();
        RegistryPut::Fixmedins(Fixmedins { poolarea_no, medins_natu, ..fixmedins(HOSPITAL, "某机构") })
    };
    center.register(hospital(Some(MedinsNatu::Public))).await;
    let mut heard = Told::new();
    for extras in [None, Some(r#"{"out_rule_flag":"1"}"#)] {
        let mut life = center.life(&person);
        life.content.mdtrtinfo.extras = extras.map(str::to_owned);
        life.stated = stated_in(&life.content);
        told(&mut life, &mut heard).await;
    }
    assert_eq!(has(&heard, RULE), [true, false]);
    agrees(&center, heard).await;
    let asked = "violated_if = { out_rule_flag = false }";
    let turned = laws("450000/stdwp.toml", asked, "violated_if = { out_rule_flag = true }");
    assert_eq!(has(&replayed(&center, &turned).await[1], RULE), [true, true]);
    // The institution is taken as its register has it now.
    center.register(hospital(Some(MedinsNatu::Private))).await;
    assert_eq!(has(&replayed(&center, &same()).await[0], RULE), [false, false]);
}

#[tokio::test]
async fn other_consultations_agreements_and_parents_count() {
    let center = TestCenter::new().await;
    let open = Span::new("2024-01-01".parse().unwrap(), None).unwrap();
    let consult = Consult { licence: open, parent_fixmedins_code: OTHER_HOSPITAL.parse().unwrap(), supplement: open };
    center
        .register(RegistryPut::Fixmedins(Fixmedins { consult: Some(consult), ..fixmedins(HOSPITAL, "某医院") }))
        .await;
    let (fixmedins_code, phar_fixmedins_code) = (HOSPITAL.parse().unwrap(), PHARMACY.parse().unwrap());
    let pair = ConsultPair { fixmedins_code, phar_fixmedins_code, agreement: open, agre_no: None };
    center.edition(Lists::ConsultPair, "2026-01-01", vec![Row::ConsultPair(pair)]).await;
    let mut heard = Told::new();
    let people = &center.people;
    let mut one = seen(&center, &people.active, [-30, -20], Some(PHARMACY));
    told(&mut one, &mut heard).await;
    // Another person at the same time: seen only when the first was uploaded, which this pre-check was before.
    let mut other = seen(&center, &people.retired, [-25, -15], None);
    told(&mut other, &mut heard).await;
    center.clock.advance_seconds(60);
    one.sign().await.unwrap();
    one.upload().await.unwrap();
    told(&mut seen(&center, &people.retired, [-10, -5], None), &mut heard).await;
    assert_eq!(has(&heard, "ITNT-OVERLAP"), [false; 3]);
    assert_eq!(has(&heard, "ITNT-NO-AGREEMENT"), [false; 3]);
    agrees(&center, heard).await;
    let pairs = "violated_if = { itnt_agre_pair_flag = false }";
    let turned = laws("360000/yd_mztc.toml", pairs, "violated_if = { itnt_agre_pair_flag = true }");
    assert_eq!(has(&replayed(&center, &turned).await[1], "ITNT-NO-AGREEMENT"), [true, false, false]);
    let ended = Span::new("2024-01-01".parse().unwrap(), Some("2026-11-22".parse().unwrap())).unwrap();
    let parent = Fixmedins { agreement: ended, ..fixmedins(OTHER_HOSPITAL, "另一医院") };
    center.register(RegistryPut::Fixmedins(parent)).await;
    assert_eq!(has(&replayed(&center, &same()).await[0], "ITNT-QUALIFICATION"), [true; 3]);
}

#[tokio::test]
async fn what_the_fund_pays_on_for_is_each_laws_own_question() {
    const OUTSIDE: &str = "RX-UNLISTED-CONSENT";
    let (center, person) = TestCenter::elsewhere(WUHAN, WUHAN).await;
    center.clock.set("2025-06-30 10:00:00".parse().unwrap());
    let mut drug = catalogue().into_iter().find(|drug| drug.med_list_codg.as_str() == SPECIAL).unwrap();
    drug.in_list = Span::new("2020-01-01".parse().unwrap(), Some("2025-01-01".parse().unwrap()));
    center.register(RegistryPut::Drug(drug)).await;
    let mut heard = Told::new();
    told(&mut special(&center, &person, None), &mut heard).await;
    assert_eq!(has(&heard, OUTSIDE), [true]);
    agrees(&center, heard.clone()).await;
    let row = tagged(TagList::Renewal, "420000", "续约失败", None);
    center.edition(Lists::Tagged(TagList::Renewal), "2025-06-30", vec![row]).await;
    center.clock.advance_seconds(60);
    told(&mut special(&center, &person, None), &mut heard).await;
    assert_eq!(has(&heard, OUTSIDE), [true, false], "in its transition it is a drug of the catalogue");
    let said = "until = 2025-07-01, is = false, cite = \"wh-2024-12 目录\"";
    let shorter = laws("420100/dandu.toml", said, "until = 2025-07-01, is = true, cite = \"wh-2024-12 目录\"");
    // The list was imported for the day, and counts for both.
    let [old, new] = replayed(&center, &shorter).await;
    assert_eq!([has(&old, OUTSIDE), has(&new, OUTSIDE)], [[false; 2], [true; 2]]);
}
