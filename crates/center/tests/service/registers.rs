//! Designations and lists of drugs: what a place's registers know decides, and what they do not know reminds.

use lf_center::t5301_dises::FilingRefusal;
use lf_center::t7101_precheck::{Stated, StatedLine};
use lf_center::{t5301_dises, t5302_chosen};
use lf_ports::filing::{Filed, Filing, FilingBody, FilingChange, OpspFiling, SpayFiling};
use lf_ports::lists::{Designation, DsgnType, TagList, TaggedDrug};
use lf_ports::{
    ChangeSet, Claim, ClaimKind, Drug, Edition, EditionChange, EditionOf, Item as Row, Lists, Person, RegistryPut,
    Store as _,
};
use lf_rx::Event;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{DOCTOR, HOSPITAL, PHARMACY, catalogue, drugs};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::{HiFeesetlFlag, Insutype};
use lf_vocab::{Moment, Span};

use crate::account::back;
use crate::said::{codes, send, with};

pub const WUHAN: &str = "420100";
const DONGGUAN: &str = "441900";
const SPECIAL: &str = drugs::ATORVASTATIN;

/// The small region as another place, and a person insured in a third.
pub async fn region(place: &str, insured: &str) -> (TestCenter, Person) {
    TestCenter::elsewhere(place, insured).await
}

/// The next edition of a list, from the first day of a year.
async fn edition(center: &TestCenter, list: Lists, items: Vec<Row>) {
    center.edition(list, "2025-01-01", items).await;
}

pub fn dsgn(place: &str, of: DsgnType, code: &str, dr_code: Option<&str>) -> Designation {
    Designation {
        poolarea_no: place.parse().unwrap(),
        dsgn_type: of,
        fixmedins_code: code.parse().unwrap(),
        dr_code: dr_code.map(str::to_owned),
        med_list_codg: None,
        opsp_dise_code: None,
        span: Span::new("2026-01-01".parse().unwrap(), None).unwrap(),
        filing_no: "备〔2026〕1号".to_owned(),
    }
}

pub async fn designate(center: &TestCenter, rows: Vec<Designation>) {
    edition(center, Lists::Designation, rows.into_iter().map(Row::Designation).collect()).await;
}

pub async fn tag(center: &TestCenter, list: TagList, place: &str, tag: &str, dises: &[Option<&str>]) {
    let row = |dise: &Option<&str>| TaggedDrug {
        admdvs: place.parse().unwrap(),
        med_list_codg: SPECIAL.parse().unwrap(),
        genname: None,
        tag: tag.to_owned(),
        opsp_dise_code: dise.map(str::to_owned),
        hi_pay_std: (list == TagList::Renewal).then(|| "15".parse().unwrap()),
        enddate: None,
    };
    let rows = dises.iter().map(|dise| Row::Tagged(list, row(dise)));
    edition(center, Lists::Tagged(list), rows.collect()).await;
}

pub fn special() -> Item {
    Item::packs(SPECIAL, "阿托伐他汀钙片", "1", "20")
}

fn other() -> Item {
    Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "20")
}

/// A prescription of the day, with its 病种 and 医疗类别 if it has one.
pub fn life<'c>(center: &'c TestCenter, person: &Person, items: Vec<Item>, dise: Option<&str>) -> Life<'c> {
    let mut life = center.life(person).of(items);
    life.content.mdtrtinfo.dise_codg = dise.map(str::to_owned);
    if dise.is_some() {
        life.content.mdtrtinfo.med_type = "14".to_owned();
    }
    life
}

/// What is refused at 7101, or reminded of.
async fn precheck(life: &mut Life<'_>) -> (Vec<String>, Vec<String>) {
    let result = life.precheck().await;
    let refused = codes(&result);
    let reminded = result.map(|answer| answer.reminders).unwrap_or_default();
    (refused, reminded.into_iter().map(|one| one.code).collect())
}

fn has(codes: &[String], code: &str) -> bool {
    codes.iter().any(|one| one == code)
}

#[tokio::test]
async fn a_separately_paid_drug_needs_a_designated_institution_and_a_responsible_doctor() {
    // proves WH-6.2
    let (center, person) = region(WUHAN, WUHAN).await;
    let said = precheck(&mut life(&center, &person, vec![special()], None)).await;
    assert!(!has(&said.1, "INST-NOT-SPECIAL"), "a drug in no list is an ordinary one: {said:?}");
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let (refused, reminded) = precheck(&mut life(&center, &person, vec![special()], None)).await;
    assert!(refused.is_empty(), "{refused:?}");
    assert!(has(&reminded, "INST-NOT-SPECIAL") && has(&reminded, "DR-NOT-RESPONSIBLE"), "no register: {reminded:?}");
    // Lists of one purpose come side by side: one of pharmacies says nothing of institutions and doctors.
    let elsewhere = dsgn(WUHAN, DsgnType::Spay, "H42010000009", None);
    let doctor_elsewhere = Designation { dr_code: Some("D420100000009".to_owned()), ..elsewhere.clone() };
    for (row, refused_of, reminded_of) in [
        (dsgn(WUHAN, DsgnType::Spay, PHARMACY, None), &[][..], &["INST-NOT-SPECIAL", "DR-NOT-RESPONSIBLE"][..]),
        (elsewhere.clone(), &["INST-NOT-SPECIAL"], &["DR-NOT-RESPONSIBLE"]),
        (doctor_elsewhere.clone(), &["DR-NOT-RESPONSIBLE"], &[]),
    ] {
        designate(&center, vec![row]).await;
        let (refused, reminded) = precheck(&mut life(&center, &person, vec![special()], None)).await;
        assert_eq!(refused, refused_of);
        assert!(!refused.is_empty() || reminded_of.iter().all(|code| has(&reminded, code)), "{reminded:?}");
    }
    // The register is kept of both and names others.
    designate(&center, vec![elsewhere.clone(), doctor_elsewhere.clone()]).await;
    let (refused, _) = precheck(&mut life(&center, &person, vec![special()], None)).await;
    assert_eq!(refused, ["DR-NOT-RESPONSIBLE", "INST-NOT-SPECIAL"]);
    let house = dsgn(WUHAN, DsgnType::Spay, HOSPITAL, None);
    let doctor = dsgn(WUHAN, DsgnType::Spay, HOSPITAL, Some(DOCTOR));
    let of_drug = |code: &str| Designation { med_list_codg: Some(code.parse().unwrap()), ..doctor.clone() };
    for (rows, wanted) in [
        (vec![house.clone()], &["DR-NOT-RESPONSIBLE"][..]),
        (vec![doctor.clone()], &["INST-NOT-SPECIAL"]),
        (vec![house.clone(), of_drug(drugs::AMLODIPINE)], &["DR-NOT-RESPONSIBLE"]),
        (vec![house.clone(), of_drug(SPECIAL)], &[]),
        (vec![house.clone(), doctor.clone()], &[]),
    ] {
        designate(&center, rows.into_iter().chain([elsewhere.clone(), doctor_elsewhere.clone()]).collect()).await;
        let (refused, reminded) = precheck(&mut life(&center, &person, vec![special()], None)).await;
        assert_eq!(refused, wanted);
        assert!(!has(&reminded, "INST-NOT-SPECIAL") && !has(&reminded, "DR-NOT-RESPONSIBLE"), "{reminded:?}");
    }
}

#[tokio::test]
async fn a_designation_counts_from_its_first_day_to_its_last() {
    // proves WH-6.2
    let (center, person) = region(WUHAN, WUHAN).await;
    tag(&center, TagList::Spay, WUHAN, "单独支付", &[None]).await;
    let doctor = dsgn(WUHAN, DsgnType::Spay, HOSPITAL, Some(DOCTOR));
    for (from, until, wanted) in [
        ("2026-11-22", None, &[][..]),
        ("2026-11-23", None, &["INST-NOT-SPECIAL"]),
        ("2026-01-01", Some("2026-11-23"), &[]),
        ("2026-01-01", Some("2026-11-22"), &["INST-NOT-SPECIAL"]),
    ] {
        let span = Span::new(from.parse().unwrap(), until.map(|day| day.parse().unwrap())).unwrap();
        designate(&center, vec![doctor.clone(), Designation { span, ..dsgn(WUHAN, DsgnType::Spay, HOSPITAL, None) }])
            .await;
        assert_eq!(precheck(&mut life(&center, &person, vec![special()], None)).await.0, wanted, "{from} {until:?}");
    }
}

#[tokio::test]
async fn a_separately_paid_drug_stands_alone() {
    // proves WH-4.2, WH-1.1
    let (center, person) = region(WUHAN, WUHAN).await;
    let both = || vec![special(), other()];
    assert!(precheck(&mut life(&center, &person, both(), None)).await.0.is_empty());
    tag(&center, TagList::Spay, WUHAN, "单独支付", &[None]).await;
    assert_eq!(precheck(&mut life(&center, &person, both(), None)).await.0, ["RX-SPECIAL-APART"]);
    assert!(precheck(&mut life(&center, &person, vec![special()], None)).await.0.is_empty());
    assert!(precheck(&mut life(&center, &person, vec![other()], None)).await.0.is_empty());
    // A list of another place says nothing here.
    let (center, person) = region(WUHAN, WUHAN).await;
    tag(&center, TagList::Spay, "450000", "单独支付", &[None]).await;
    assert!(precheck(&mut life(&center, &person, both(), None)).await.0.is_empty());
}

#[tokio::test]
async fn a_separately_paid_drug_is_settled_at_a_designated_pharmacy() {
    // proves WH-6.2
    let (center, person) = region(WUHAN, WUHAN).await;
    tag(&center, TagList::Spay, WUHAN, "单独支付", &[None]).await;
    let sold = life(&center, &person, vec![special()], None).up_to(Step::Sold).await;
    let bill = || with(sold.settle_command(), |c| c.med_type = "18".into());
    let quoted = send!(sold, t2101_quote, pharmacy, bill()).unwrap();
    assert!(quoted.reminders.iter().any(|one| one.code == "PHAR-NOT-SPECIAL"), "{:?}", quoted.reminders);
    // A list of institutions says nothing of pharmacies, one of other pharmacies does.
    designate(&center, vec![dsgn(WUHAN, DsgnType::Spay, HOSPITAL, None)]).await;
    let quoted = send!(sold, t2101_quote, pharmacy, bill()).unwrap();
    assert!(quoted.reminders.iter().any(|one| one.code == "PHAR-NOT-SPECIAL"), "{:?}", quoted.reminders);
    designate(&center, vec![dsgn(WUHAN, DsgnType::Spay, "P42010000009", None)]).await;
    assert_eq!(codes(&send!(sold, t2101_quote, pharmacy, bill())), ["PHAR-NOT-SPECIAL"]);
    designate(&center, vec![dsgn(WUHAN, DsgnType::Spay, PHARMACY, None)]).await;
    let settled = send!(sold, t2102_settle, pharmacy, bill()).unwrap();
    assert!(!settled.reminders.iter().any(|one| one.code == "PHAR-NOT-SPECIAL"), "{:?}", settled.reminders);
}

#[tokio::test]
async fn across_cities_both_sides_are_opened_and_the_issuer_is_dual_channel() {
    // proves WH-4.1
    let (center, person) = region(WUHAN, "420200").await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let mut special = life(&center, &person, vec![special()], None);
    special.content.head.rx_exra_attr_code = Some("01".to_owned());
    let special = special.up_to(Step::Sold).await;
    let mut plain = life(&center, &person, vec![other()], None);
    plain.content.head.rx_exra_attr_code = Some("01".to_owned());
    let plain = plain.up_to(Step::Sold).await;
    let quote = async |life: &Life<'_>| codes(&send!(life, t2101_quote, pharmacy, life.settle_command()));
    assert!(has(&quote(&plain).await, "CROSS-NOT-LISTED"), "{:?}", quote(&plain).await);
    let row = |of, code| dsgn(WUHAN, of, code, None);
    let pharmacy = row(DsgnType::Spay, PHARMACY);
    let all = [row(DsgnType::Cross, HOSPITAL), row(DsgnType::Cross, PHARMACY), row(DsgnType::Dualchnl, HOSPITAL)];
    let other = |of| row(of, "H42010000009");
    let others = [other(DsgnType::Cross), row(DsgnType::Cross, "P42010000009")];
    for (rows, wanted) in [
        (vec![all[1].clone(), all[2].clone()], Some("CROSS-NOT-OPENED")),
        (vec![all[0].clone(), all[2].clone()], Some("CROSS-NOT-OPENED")),
        (vec![all[0].clone(), all[1].clone(), other(DsgnType::Dualchnl)], Some("CROSS-NOT-DUAL")),
        (all.to_vec(), None),
    ] {
        designate(&center, rows.into_iter().chain([pharmacy.clone()]).chain(others.clone()).collect()).await;
        let refused = quote(&special).await;
        let cross: Vec<_> = refused.iter().filter(|code| code.starts_with("CROSS")).map(String::as_str).collect();
        assert_eq!(cross, wanted.into_iter().collect::<Vec<_>>(), "{refused:?}");
    }
}

#[tokio::test]
async fn across_cities_a_list_that_nobody_keeps_is_reminded_of() {
    // proves WH-4.1
    let (center, person) = region(WUHAN, "420200").await;
    // A list of another kind is none of 单独支付药品.
    tag(&center, TagList::Dual, "420000", "竞价", &[None]).await;
    let mut life = life(&center, &person, vec![special()], None);
    life.content.head.rx_exra_attr_code = Some("01".to_owned());
    let life = life.up_to(Step::Sold).await;
    let quote = async || codes(&send!(life, t2101_quote, pharmacy, life.settle_command()));
    // Nobody is asked further than the gate: the shares of the other city are not formalised.
    assert_eq!(quote().await, ["LAW-00-01"]);
    let in_spay = async |code: &str| {
        let codes = [code.parse().unwrap()];
        let says = center.center.drug_says(WUHAN.parse().unwrap(), &codes, center.now().day(), center.now()).await;
        says.unwrap().remove(0).in_spay
    };
    assert_eq!(in_spay(SPECIAL).await, None, "nobody keeps the list, so nobody says that the drug is not in it");
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    assert_eq!((in_spay(SPECIAL).await, in_spay(drugs::AMLODIPINE).await), (Some(true), Some(false)));
    assert!(!has(&quote().await, "CROSS-NOT-LISTED"));
}

#[tokio::test]
async fn a_special_disease_is_treated_by_qualified_institutions_with_its_own_drugs() {
    // proves DG-3.1a, DG-3.3b
    let (center, person) = region(DONGGUAN, DONGGUAN).await;
    let rx = || life(&center, &person, vec![special()], Some("M03900"));
    let (refused, reminded) = precheck(&mut rx()).await;
    assert!(refused.is_empty() && has(&reminded, "INST-NOT-QUALIFIED"), "{refused:?} {reminded:?}");
    let house = dsgn(DONGGUAN, DsgnType::Opsp, HOSPITAL, None);
    let of = |dise: &str| Designation { opsp_dise_code: Some(dise.to_owned()), ..house.clone() };
    for (rows, wanted) in [
        (vec![dsgn(DONGGUAN, DsgnType::Opsp, PHARMACY, None)], &[][..]),
        (vec![dsgn(DONGGUAN, DsgnType::Opsp, "H44190000009", None)], &["INST-NOT-QUALIFIED"]),
        (vec![of("M01600")], &["INST-NOT-QUALIFIED"]),
        (vec![of("M01600"), of("M03900")], &[]),
        (vec![house.clone()], &[]),
    ] {
        designate(&center, rows).await;
        assert_eq!(precheck(&mut rx()).await.0, wanted);
    }
    // The list names the drug for another disease, then for this one.
    tag(&center, TagList::Opsp, DONGGUAN, "门特", &[Some("M01600")]).await;
    assert_eq!(precheck(&mut rx()).await.0, ["RX-EXTRA-DRUG"]);
    tag(&center, TagList::Opsp, DONGGUAN, "门特", &[Some("M01600"), Some("M03900")]).await;
    assert!(precheck(&mut rx()).await.0.is_empty());
    let mut extra = life(&center, &person, vec![special(), other()], Some("M03900"));
    assert_eq!(precheck(&mut extra).await.0, ["RX-EXTRA-DRUG"], "a drug that no disease has is slipped in");
}

#[tokio::test]
async fn the_way_from_the_doctor_to_the_box_is_told_event_by_event() {
    // proves DG-4.1a: that an event which is missing or changed is noticed, crates/testkit/tests/tamper.rs proves
    let (center, person) = region(DONGGUAN, DONGGUAN).await;
    let sold = life(&center, &person, vec![special()], Some("M03900")).up_to(Step::Sold).await;
    let stored = center.store.rx_events(&sold.hi_rxno()).await.unwrap();
    let events: Vec<Event> =
        stored.iter().map(|event| lf_ports::codec::decode(&event.body, "rx_event", "body", "").unwrap()).collect();
    let kinds: Vec<_> = events.iter().map(|event| format!("{event:?}")).collect();
    let kinds: Vec<_> = kinds.iter().map(|text| text.split(['(', ' ']).next().unwrap()).collect();
    assert_eq!(kinds, ["Opened", "Signed", "Uploaded", "Authorised", "Downloaded", "Verified", "Reviewed", "Sold"]);
    let Some(Event::Sold(last)) = events.last() else { panic!("{kinds:?}") };
    assert_eq!(last.lines[0].drug_trac_codg, sold.sell_command().lines[0].drug_trac_codg);
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_special_disease_is_settled_at_qualified_pharmacies() {
    // proves DG-3.1b
    let (center, person) = region(DONGGUAN, DONGGUAN).await;
    let sold = life(&center, &person, vec![special()], Some("M03900")).up_to(Step::Sold).await;
    let bill = || with(sold.settle_command(), |c| c.med_type = "14".into());
    let quote = async || codes(&send!(sold, t2101_quote, pharmacy, bill()));
    // Nobody is asked further than the gate: the shares of Dongguan are not formalised.
    assert_eq!(quote().await, ["LAW-00-01"]);
    designate(&center, vec![dsgn(DONGGUAN, DsgnType::Opsp, HOSPITAL, None)]).await;
    assert_eq!(quote().await, ["LAW-00-01"], "of pharmacies nothing is kept yet");
    designate(&center, vec![dsgn(DONGGUAN, DsgnType::Opsp, "P44190000009", None)]).await;
    assert_eq!(quote().await, ["PHAR-NOT-QUALIFIED"]);
    designate(&center, vec![dsgn(DONGGUAN, DsgnType::Opsp, PHARMACY, None)]).await;
    assert_eq!(quote().await, ["LAW-00-01"]);
}

/// Wuhan on the last day of the transition, with a drug that left the catalogue at the beginning of the year.
pub async fn in_transition() -> (TestCenter, Person) {
    let (center, person) = region(WUHAN, WUHAN).await;
    center.clock.set("2025-06-30 10:00:00".parse().unwrap());
    let mut drug = catalogue().into_iter().find(|drug| drug.med_list_codg.as_str() == SPECIAL).unwrap();
    drug.in_list = Span::new("2020-01-01".parse().unwrap(), Some("2025-01-01".parse().unwrap()));
    center.register(RegistryPut::Drug(drug)).await;
    (center, person)
}

#[tokio::test]
async fn a_drug_that_failed_renewal_is_paid_on_until_the_transition_ends() {
    // proves WH-5.2
    let (center, person) = in_transition().await;
    let rx = || life(&center, &person, vec![special()], None).up_to(Step::Sold);
    let bill = |life: &Life<'_>| with(life.settle_command(), |c| c.med_type = "11".into());
    // In no list it is outside the catalogue, and nobody's but the person's to pay.
    let sold = rx().await;
    let shares = send!(sold, t2101_quote, pharmacy, bill(&sold)).unwrap().reply.shares;
    assert_eq!((shares.fund_pay_sumamt.get(), shares.fulamt_ownpay_amt.get()), (0, 2_000));
    tag(&center, TagList::Renewal, "420000", "续约失败", &[None]).await;
    // 15 yuan of the former standard, a tenth first, 90 % of the rest.
    let shares = send!(sold, t2101_quote, pharmacy, bill(&sold)).unwrap().reply.shares;
    assert_eq!((shares.fund_pay_sumamt.get(), shares.overlmt_selfpay.get()), (1_215, 500));
    let late = rx().await;
    center.clock.set("2025-06-30 23:59:59".parse().unwrap());
    send!(sold, t2102_settle, pharmacy, bill(&sold)).unwrap();
    center.clock.set("2025-07-01 00:00:00".parse().unwrap());
    assert_eq!(codes(&send!(late, t2102_settle, pharmacy, bill(&late))), ["CAT-RENEWAL-FAILED"]);
}

/// An edition of the catalogue that has one drug in it.
async fn drug_edition(center: &TestCenter, drug: Drug, from: &str, ver: i64) {
    let end = lf_ports::RowEnd { key: drug.med_list_codg.to_string(), from: "2025-01-01".parse().unwrap() };
    let edition = Edition {
        of: EditionOf::Drug,
        edition: from.to_owned(),
        from: from.parse().unwrap(),
        ver,
        file_sm3: "00".repeat(32),
        row_cnt: 1,
        imported: center.now(),
    };
    let ends = if ver == 1 { vec![] } else { vec![end] };
    let edition = Some(EditionChange { edition, ends, drugs: vec![drug], items: vec![] });
    center.put(ChangeSet { edition, ..ChangeSet::default() }).await;
}

#[tokio::test]
async fn what_is_dual_channel_follows_from_the_catalogues_history_and_the_places_list() {
    // proves GX-1.1a
    let center = TestCenter::empty(lf_center::Settings::default());
    let drug = |code: &str, hi_nego| {
        let drug = catalogue().into_iter().find(|drug| drug.med_list_codg.as_str() == code).unwrap();
        Drug { hi_nego, ..drug }
    };
    drug_edition(&center, drug(SPECIAL, true), "2025-01-01", 1).await;
    drug_edition(&center, drug(SPECIAL, false), "2026-01-01", 2).await;
    let tags = async |place: &str, on: &str| {
        let codes = [SPECIAL.parse().unwrap()];
        let says = center.center.drug_says(place.parse().unwrap(), &codes, on.parse().unwrap(), center.now()).await;
        says.unwrap().remove(0).tags
    };
    assert!(tags("450100", "2026-11-22").await.is_empty(), "a place without a list of its own speaks of none");
    tag(&center, TagList::Dual, "450000", "竞价", &[None]).await;
    assert_eq!(tags("450100", "2025-12-31").await, ["竞价"], "it is in its agreement still");
    assert_eq!(tags("450100", "2026-01-01").await, ["竞价", "原谈判"]);
    assert_eq!(tags("450100", "2024-12-31").await, [""; 0], "before the list");
    assert!(tags("420100", "2026-11-22").await.is_empty());
    // Left out of the next edition of the list it is no longer 竞价; what it was in the catalogue stays true.
    let other = TaggedDrug {
        admdvs: "450000".parse().unwrap(),
        med_list_codg: drugs::AMLODIPINE.parse().unwrap(),
        genname: None,
        tag: "单列门诊统筹".to_owned(),
        opsp_dise_code: None,
        hi_pay_std: None,
        enddate: None,
    };
    edition(&center, Lists::Tagged(TagList::Dual), vec![Row::Tagged(TagList::Dual, other)]).await;
    assert_eq!(tags("450100", "2026-11-22").await, ["原谈判"]);
}

fn filed(person: &Person, filing_no: &str, filed: Filed) -> Filing {
    let body = FilingBody { filed, opter_name: "甲经办".to_owned(), opt_time: Moment::from_micros(0), ended: None };
    Filing {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        filing_no: filing_no.to_owned(),
        from: "2026-01-01".parse().unwrap(),
        until: None,
        body,
    }
}

pub fn qualification(person: &Person, filing_no: &str, code: &str, refused: Option<&str>) -> Filing {
    let spay = SpayFiling {
        med_list_codg: code.parse().unwrap(),
        fixmedins_code: HOSPITAL.parse().unwrap(),
        dr_code: DOCTOR.to_owned(),
        dr_name: "丁医师".to_owned(),
        dcsn_name: "戊认定".to_owned(),
        dcsn_day: "2026-01-01".parse().unwrap(),
        refused: refused.map(str::to_owned),
        applied: lf_ports::filing::Applied::default(),
    };
    filed(person, filing_no, Filed::Spay(spay))
}

pub fn disease(person: &Person, filing_no: &str, dise: &str) -> Filing {
    let opsp = OpspFiling {
        opsp_dise_code: dise.to_owned(),
        opsp_dise_name: "某病".to_owned(),
        biz_appy_type: None,
        fixmedins: vec![],
    };
    filed(person, filing_no, Filed::Opsp(opsp))
}

pub async fn file(center: &TestCenter, filing: Filing) {
    let standing = center.store.filings(filing.poolarea_no, &filing.psn_no).await.unwrap();
    let change = match standing.into_iter().find(|was| was.filing_no == filing.filing_no) {
        Some(was) => FilingChange::Changed { filing, expect_from: was.from, expect_until: was.until },
        None => FilingChange::New(filing),
    };
    center.put(ChangeSet { filings: vec![change], ..ChangeSet::default() }).await;
    center.clock.advance_seconds(lf_center::registers::KEPT_FRESH_SECONDS);
}

#[tokio::test]
async fn a_separately_paid_drug_is_settled_with_a_valid_filing_only() {
    // proves WH-2.1, WH-2.4
    let (center, person) = region(WUHAN, WUHAN).await;
    tag(&center, TagList::Spay, WUHAN, "单独支付", &[None]).await;
    let sold = life(&center, &person, vec![special()], None).up_to(Step::Sold).await;
    let bill = || with(sold.settle_command(), |c| c.med_type = "18".into());
    let quoted = send!(sold, t2101_quote, pharmacy, bill()).unwrap();
    assert!(quoted.reminders.iter().any(|one| one.code == "QUAL-NOT-FILED"), "nobody files: {:?}", quoted.reminders);
    // Another person's filing, one for another drug, a refused one, and one that is over.
    file(&center, qualification(&center.people.active, "1", SPECIAL, None)).await;
    let elsewhere = send!(sold, t2101_quote, pharmacy, bill()).unwrap();
    assert!(elsewhere.reminders.iter().any(|one| one.code == "QUAL-NOT-FILED"), "another place keeps filings");
    let today = center.now().day();
    let over = Filing { until: Some(today), ..qualification(&person, "4", SPECIAL, None) };
    for row in [
        qualification(&person, "2", drugs::AMLODIPINE, None),
        qualification(&person, "3", SPECIAL, Some("不符合限定支付范围")),
        over.clone(),
        Filing { from: today.plus(1), ..qualification(&person, "5", SPECIAL, None) },
    ] {
        file(&center, row).await;
        assert_eq!(codes(&send!(sold, t2101_quote, pharmacy, bill())), ["QUAL-NOT-FILED"]);
    }
    file(&center, Filing { until: Some(today.plus(1)), ..over }).await;
    let settled = send!(sold, t2102_settle, pharmacy, bill()).unwrap();
    assert!(!settled.reminders.iter().any(|one| one.code == "QUAL-NOT-FILED"), "{:?}", settled.reminders);
}

#[tokio::test]
async fn across_cities_the_qualification_is_filed_where_the_person_is_insured() {
    // proves WH-4.1: the second condition, with the reason of its own
    let (center, person) = region(WUHAN, "420200").await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let sold = life(&center, &person, vec![special()], None).up_to(Step::Sold).await;
    let quote = async || codes(&send!(sold, t2101_quote, pharmacy, sold.settle_command()));
    file(&center, qualification(&person, "1", drugs::AMLODIPINE, None)).await;
    assert_eq!(quote().await[..2], ["QUAL-NOT-FILED", "CROSS-NOT-QUALIFIED"]);
    file(&center, qualification(&person, "2", SPECIAL, None)).await;
    let now = quote().await;
    assert!(!has(&now, "QUAL-NOT-FILED") && !has(&now, "CROSS-NOT-QUALIFIED"), "{now:?}");
}

#[tokio::test]
async fn a_special_disease_is_prescribed_for_who_is_registered_with_it() {
    // proves DG-1.1
    let (center, person) = region(DONGGUAN, DONGGUAN).await;
    let rx = || life(&center, &person, vec![special()], Some("M03900"));
    let (refused, reminded) = precheck(&mut rx()).await;
    assert!(refused.is_empty() && has(&reminded, "PSN-NOT-REGISTERED"), "{refused:?} {reminded:?}");
    file(&center, disease(&person, "1", "M01600")).await;
    assert_eq!(precheck(&mut rx()).await.0, ["PSN-NOT-REGISTERED"]);
    file(&center, disease(&person, "2", "M03900")).await;
    let (refused, reminded) = precheck(&mut rx()).await;
    assert!(refused.is_empty() && !has(&reminded, "PSN-NOT-REGISTERED"), "{refused:?} {reminded:?}");
    // Insured elsewhere, the filing counts where the person is insured.
    let (center, person) = region(DONGGUAN, "440100").await;
    file(&center, disease(&person, "1", "M01600")).await;
    assert_eq!(precheck(&mut life(&center, &person, vec![special()], Some("M03900"))).await.0, ["PSN-NOT-REGISTERED"]);
}

#[tokio::test]
async fn across_cities_nobody_is_paid_for_who_is_not_insured() {
    // proves WH-4.1: the first condition
    let (center, person) = region(WUHAN, "420200").await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let sold = life(&center, &person, vec![special()], None).up_to(Step::Sold).await;
    let insured = Span::new("2015-01-01".parse().unwrap(), Some(center.now().day())).unwrap();
    center.register(RegistryPut::Person(Person { insured, ..person })).await;
    assert_eq!(codes(&send!(sold, t2101_quote, pharmacy, sold.settle_command())), ["RX-0002-06"]);
}

#[tokio::test]
async fn a_separately_paid_drug_is_issued_after_an_assessment() {
    // proves WH-6.3
    let (center, person) = region(WUHAN, WUHAN).await;
    let assessed = |flag: Option<bool>| {
        let mut life = life(&center, &person, vec![special()], None);
        let flags = flag.map(|flag| ("pay_lmt_flag", flag)).into_iter().collect();
        life.stated = Stated { lines: vec![StatedLine { flags, dspo: None }], ..Stated::default() };
        life
    };
    assert!(!has(&precheck(&mut assessed(None)).await.1, "RX-NOT-ASSESSED"), "an ordinary drug");
    tag(&center, TagList::Spay, WUHAN, "单独支付", &[None]).await;
    assert!(has(&precheck(&mut assessed(None)).await.1, "RX-NOT-ASSESSED"));
    let (refused, reminded) = precheck(&mut assessed(Some(true))).await;
    assert!(refused.is_empty() && !has(&reminded, "RX-NOT-ASSESSED"), "{refused:?} {reminded:?}");
    assert_eq!(precheck(&mut assessed(Some(false))).await.0, ["RX-PAY-LIMIT"]);
}

#[tokio::test]
async fn t5301_and_t5302_tell_what_counts_today_to_the_persons_own_place() {
    // proves the queries of a counter: the diseases and chosen institutions of a person
    let (center, person) = region(DONGGUAN, DONGGUAN).await;
    let dises = async |psn_no: &str| {
        let ctx = center.ctx(PHARMACY, "5301").await;
        let command = t5301_dises::Command { psn_no: psn_no.parse().unwrap() };
        center.center.t5301_dises(&ctx, &command).await
    };
    let own = person.psn_no.as_str();
    assert_eq!(codes(&dises(own).await), FilingRefusal::CODES, "nobody files here yet");
    let today = center.now().day();
    let chosen = |filing: Filing, biz: &str, codes: &[&str]| {
        let mut filing = filing;
        if let Filed::Opsp(opsp) = &mut filing.body.filed {
            opsp.biz_appy_type = Some(biz.to_owned());
            opsp.fixmedins = codes.iter().map(|code| code.parse().unwrap()).collect();
        }
        filing
    };
    let until = |day| Some(day);
    for row in [
        chosen(disease(&person, "1", "M03900"), "14", &[HOSPITAL, PHARMACY]),
        Filing { until: until(today.plus(1)), ..chosen(disease(&person, "2", "M01600"), "15", &[HOSPITAL]) },
        Filing { until: until(today), ..disease(&person, "3", "M00100") },
        Filing { from: today.plus(1), ..disease(&person, "4", "M00200") },
        qualification(&person, "5", SPECIAL, None),
    ] {
        file(&center, row).await;
    }
    let told = dises(own).await.unwrap().reply.dises;
    let told: Vec<_> = told.iter().map(|dise| (dise.opsp_dise_code.as_str(), dise.enddate)).collect();
    assert_eq!(told, [("M03900", None), ("M01600", Some(today))]);
    // A person of another place, or one whom the register does not know, is nobody here.
    assert_eq!(codes(&dises(center.people.active.psn_no.as_str()).await), ["RX-0002-01"]);
    let fixed = async |biz: &str| {
        let ctx = center.ctx(HOSPITAL, "5302").await;
        let command = t5302_chosen::Command { psn_no: person.psn_no.clone(), biz_appy_type: biz.to_owned() };
        let chosen = center.center.t5302_chosen(&ctx, &command).await.unwrap().reply.chosen;
        chosen.into_iter().map(|one| (one.fix_srt_no, one.fixmedins_code.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(fixed("14").await, [(1, HOSPITAL.to_owned()), (2, PHARMACY.to_owned())]);
    assert_eq!(fixed("15").await, [(1, HOSPITAL.to_owned())]);
    assert!(fixed("16").await.is_empty());
}

#[tokio::test]
async fn of_several_registered_diseases_the_highest_deductible_counts() {
    // proves that 2101 hears of the diseases that a person is registered with besides
    let (center, person) = region("450100", "450100").await;
    let person = Person { insutype: Insutype::Resident, ..person };
    center.register(RegistryPut::Person(person.clone())).await;
    // Diabetes with 10 yuan a month; the disease besides has 20.
    let drug = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "5", "20");
    let sold = life(&center, &person, vec![drug], Some("M01600")).up_to(Step::Sold).await;
    let bill = || with(sold.settle_command(), |c| c.med_type = "14".into());
    let dedc = async || {
        let shares = send!(sold, t2101_quote, pharmacy, bill()).unwrap().reply.shares;
        (shares.act_pay_dedc.get(), shares.scheme)
    };
    let opsp = |dedc| (dedc, "opsp".to_owned());
    assert_eq!(dedc().await, opsp(1_000), "no filings are kept");
    file(&center, disease(&person, "1", "M01600")).await;
    assert_eq!(dedc().await, opsp(1_000));
    let other = disease(&person, "2", "M04600");
    file(&center, Filing { until: Some(center.now().day()), ..other.clone() }).await;
    assert_eq!(dedc().await, opsp(1_000), "what is over does not count");
    file(&center, other).await;
    assert_eq!(dedc().await, opsp(2_000));
}

/// What is said at 7207 of a sale that states this of the form, and the sale's number where it went through.
async fn sold(life: &mut Life<'_>, form: Option<bool>) -> Vec<String> {
    let sale = with(life.sell_command(), |command| command.appy_form_flag = form);
    match send!(life, t7207_sell, pharmacy, sale) {
        Ok(answer) => {
            life.sel_stoout_sn = answer.reply.sel_stoout_sn;
            answer.reminders.into_iter().map(|one| format!("?{}", one.code)).collect()
        }
        refused => codes(&refused),
    }
}

#[tokio::test]
async fn the_first_purchase_of_a_separately_paid_drug_shows_the_form_and_opens_the_file() {
    // proves WH-6.6
    let (center, person) = region(WUHAN, WUHAN).await;
    let reviewed = async |items: Vec<Item>| life(&center, &person, items, None).up_to(Step::Reviewed).await;
    let form = |said: &[String]| said.iter().find(|code| code.ends_with("QUAL-FIRST-FORM")).cloned();
    let pharmacy = PHARMACY.parse().unwrap();
    let whose = (person.poolarea_no, &person.psn_no);
    let opening = async || lf_center::med_file::opening_of(&*center.store, &pharmacy, whose).await.unwrap();
    let filed = async || {
        let rows = lf_center::med_file::purchases(&*center.store, &pharmacy, whose).await.unwrap();
        rows.into_iter().map(|rx| rx.hi_rxno).collect::<Vec<_>>()
    };
    // No list of such drugs: an ordinary purchase opens nothing, then and later.
    let mut plain = reviewed(vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "20")]).await;
    assert_eq!((form(&sold(&mut plain, None).await), opening().await), (None, None));
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let mut first = reviewed(vec![special()]).await;
    assert_eq!(form(&sold(&mut first, Some(false)).await).as_deref(), Some("QUAL-FIRST-FORM"));
    assert_eq!(opening().await, None, "a refusal opens nothing");
    // Whoever says nothing is reminded; undone, it was no purchase, and the next one is the first again.
    assert_eq!(form(&sold(&mut first, None).await).as_deref(), Some("?QUAL-FIRST-FORM"));
    assert_eq!(opening().await, Some(first.hi_rxno().to_string()));
    send!(first, t7208_undo_sale, pharmacy, first.undo_sale_command()).unwrap();
    assert_eq!(opening().await, None);
    let mut shown = reviewed(vec![special()]).await;
    assert_eq!(form(&sold(&mut shown, Some(true)).await), None);
    let rx = center.store.rx(&shown.hi_rxno()).await.unwrap().unwrap();
    assert_eq!(rx.state.sold().unwrap().appy_form_flag, Some(true));
    // From the second on nobody asks, and the file lists what was bought here.
    let mut second = reviewed(vec![special()]).await;
    assert_eq!(form(&sold(&mut second, Some(false)).await), None);
    assert_eq!(opening().await, Some(shown.hi_rxno().to_string()));
    assert_eq!(filed().await, [plain.hi_rxno(), shown.hi_rxno(), second.hi_rxno()]);
    // The first purchase is undone, the second stands: the file is its, and the next one is no first. The plain one opened nothing.
    send!(shown, t7208_undo_sale, pharmacy, shown.undo_sale_command()).unwrap();
    assert_eq!(opening().await, Some(second.hi_rxno().to_string()));
    let mut third = reviewed(vec![special()]).await;
    assert_eq!(form(&sold(&mut third, Some(false)).await), None);
    assert_eq!(opening().await, Some(second.hi_rxno().to_string()));
    assert_eq!(filed().await, [plain.hi_rxno(), second.hi_rxno(), third.hi_rxno()]);
    // Who did not open it leaves it as it is; with the last of them it is closed.
    send!(third, t7208_undo_sale, pharmacy, third.undo_sale_command()).unwrap();
    assert_eq!(opening().await, Some(second.hi_rxno().to_string()));
    assert!(center.audit().await.passes());
    send!(second, t7208_undo_sale, pharmacy, second.undo_sale_command()).unwrap();
    assert_eq!(opening().await, None);
    assert!(center.audit().await.passes());
    let mut last = reviewed(vec![special()]).await;
    assert_eq!(form(&sold(&mut last, Some(false)).await).as_deref(), Some("QUAL-FIRST-FORM"));
}

#[tokio::test]
async fn a_file_belongs_to_a_sale_that_stands_and_a_refund_leaves_it() {
    // proves WH-6.6
    let (center, person) = region(WUHAN, WUHAN).await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let reviewed = async || life(&center, &person, vec![special()], None).up_to(Step::Reviewed).await;
    let pharmacy = PHARMACY.parse().unwrap();
    let key = format!("{PHARMACY}/{}/{}", person.poolarea_no, person.psn_no.as_str());
    let claim = |owner: &str| Claim { kind: ClaimKind::MedFile, key: key.clone(), owner: owner.to_owned() };
    let opening = async || {
        let whose = (person.poolarea_no, &person.psn_no);
        lf_center::med_file::opening_of(&*center.store, &pharmacy, whose).await.unwrap()
    };
    let asked = |said: &[String]| said.iter().any(|code| code.ends_with("QUAL-FIRST-FORM"));
    let mut bought = reviewed().await;
    assert!(!asked(&sold(&mut bought, Some(true)).await));
    let own = bought.hi_rxno().to_string();
    // Two that were undone at the same moment may leave the file closed or to the other one: the next purchase mends either.
    let never = reviewed().await;
    let gone = never.hi_rxno().to_string();
    for left in [None, Some(claim(&gone))] {
        let changes = ChangeSet { releases: vec![claim(&opening().await.unwrap())], ..ChangeSet::default() };
        center.put(ChangeSet { claims: left.into_iter().collect(), ..changes }).await;
        let mut next = reviewed().await;
        assert!(!asked(&sold(&mut next, Some(false)).await));
        assert_eq!(opening().await.as_ref(), Some(&own));
        send!(next, t7208_undo_sale, pharmacy, next.undo_sale_command()).unwrap();
    }
    let bill = with(bought.settle_command(), |command| command.med_type = "18".to_owned());
    let settled = send!(bought, t2102_settle, pharmacy, bill).unwrap().reply.setl;
    send!(bought, t2103_refund, pharmacy, back(&settled)).unwrap();
    assert_eq!(opening().await.as_ref(), Some(&own));
    assert!(!asked(&sold(&mut reviewed().await, Some(false)).await), "what was refunded was bought");
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn where_the_law_keeps_no_files_none_is_opened() {
    // proves WH-6.6: neither in another place, nor of what a person buys with his own money, nor at another pharmacy
    let (elsewhere, insured) = region("420200", "420200").await;
    let (center, person) = region(WUHAN, WUHAN).await;
    for (center, person, own_money) in [(&elsewhere, &insured, false), (&center, &person, true)] {
        tag(center, TagList::Spay, "420000", "单独支付", &[None]).await;
        let mut life = life(center, person, vec![special()], None).up_to(Step::Reviewed).await;
        if own_money {
            life.hi_feesetl_flag = HiFeesetlFlag::SelfPaid;
        }
        let said = sold(&mut life, Some(false)).await;
        assert!(said.iter().all(|code| code.starts_with('?') && !code.contains("FIRST-FORM")), "{said:?}");
        let (pharmacy, whose) = (PHARMACY.parse().unwrap(), (person.poolarea_no, &person.psn_no));
        assert_eq!(lf_center::med_file::opening_of(&*center.store, &pharmacy, whose).await, Ok(None));
    }
}

#[tokio::test]
async fn who_buys_in_another_city_carries_no_paper() {
    // proves WH-4.3
    let (center, person) = region("420200", WUHAN).await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let mut life = life(&center, &person, vec![special()], None).up_to(Step::Uploaded).await;
    // The credential finds the prescription, and its file comes with it: what a paper would say.
    assert_eq!(life.authorise().await.unwrap().reply.list.len(), 1);
    assert_eq!(life.download().await.unwrap().reply.file.base64, life.rx_file());
    life.verify().await.unwrap();
    life.review().await.unwrap();
    let sold = life.sell().await.unwrap();
    let bill = with(life.settle_command(), |command| {
        command.med_type = "18".to_owned();
        command.stated.print_time = None;
    });
    let settled = send!(life, t2102_settle, pharmacy, bill).unwrap();
    let said = sold.reminders.iter().chain(&settled.reminders).map(|one| one.code.as_str());
    let paper: Vec<_> = said.filter(|code| code.contains("PAPER") || code.contains("PRINT")).collect();
    assert_eq!(paper, [""; 0]);
}
