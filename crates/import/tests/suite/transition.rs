//! Drugs that failed renewal, from the files as they are imported: an edition that leaves one out or keeps it as 丙, the list of
//! the transition, and the edition that has it again.

use lf_center::{Answer, Failure, t2101_quote};
use lf_import::report::Outcome;
use lf_ports::{Fixmedins, Person, RegistryPut};
use lf_testkit::life::{Item, Life, parse};
use lf_testkit::region::{HOSPITAL, PHARMACY, drugs, fixmedins};
use lf_testkit::{Step, TestCenter};

use crate::Import;

const HEAD: &str =
    "med_list_codg,通用名,剂型,规格,生产企业,批准文号,最小包装单位,最小制剂单位,最小包装数量,甲乙类,begndate,支付标准";
const OTHER: &str =
    "XC08CAA133A001010100002,氨氯地平片,片剂,规格,某制药有限公司,国药准字H20260001,盒,片,7,乙,2020-01-01,";
const KEPT: &str = "XC10AAA209A001010100003,阿托伐他汀钙片,片剂,规格,某制药有限公司,国药准字H20260001,盒,片,7";

/// The small region as Wuhan in the last days of 2024, by a catalogue that was imported.
async fn wuhan() -> (TestCenter, Person) {
    let center = TestCenter::new().await;
    for code in [HOSPITAL, PHARMACY] {
        let row = Fixmedins { poolarea_no: parse("420100"), ..fixmedins(code, "某机构") };
        center.register(RegistryPut::Fixmedins(row)).await;
    }
    let person = Person {
        poolarea_no: parse("420100"),
        psn_no: parse("36090000000000000009"),
        certno: parse("420102195505050097"),
        ec_token: "ec-token-9".to_owned(),
        ..center.people.retired.clone()
    };
    center.register(RegistryPut::Person(person.clone())).await;
    edition(&center, "2023", "2024-01-01", &format!("{KEPT},乙,2020-01-01,16\n")).await;
    (center, person)
}

async fn edition(center: &TestCenter, name: &str, from: &str, row: &str) {
    import(center, "drug", name, from, &format!("{HEAD}\n{OTHER}\n{row}")).await;
}

async fn import(center: &TestCenter, kind: &str, name: &str, from: &str, text: &str) {
    let report = Import::edition(center.store.as_ref(), kind, name, from).text(text).await.unwrap();
    assert_eq!(report.outcome, Outcome::Committed, "{report:?}");
    center.clock.advance_seconds(lf_center::registers::KEPT_FRESH_SECONDS);
}

/// A pack of twenty yuan, sold.
async fn sold<'c>(center: &'c TestCenter, person: &Person) -> Life<'c> {
    center.life(person).of(vec![Item::packs(drugs::ATORVASTATIN, "阿托伐他汀钙片", "1", "20")]).up_to(Step::Sold).await
}

/// What the fund pays, or the refusals.
async fn fund(life: &Life<'_>) -> Result<i64, Vec<String>> {
    let mut command = life.settle_command();
    command.med_type = "11".to_owned();
    let ctx = life.ctx(&life.pharmacy, &command).await;
    let said: Result<Answer<t2101_quote::Reply>, Failure> = life.center.center.t2101_quote(&ctx, &command).await;
    match said {
        Ok(answer) => Ok(answer.reply.shares.fund_pay_sumamt.get()),
        Err(Failure::Refused(refusals)) => Err(refusals.into_iter().map(|refusal| refusal.code).collect()),
        Err(other) => panic!("{other:?}"),
    }
}

// proves WH-5.2
#[tokio::test]
async fn a_drug_that_an_edition_drops_or_keeps_as_paid_by_oneself_is_paid_on() {
    let kept = format!("{KEPT},丙,2020-01-01,\n");
    for (row, standard, wanted) in [("", "", 1_296), ("", "15", 1_215), (&*kept, "", 1_296), (&*kept, "15", 1_215)] {
        let (center, person) = wuhan().await;
        center.clock.set(parse("2025-06-30 10:00:00"));
        edition(&center, "2024", "2025-01-01", row).await;
        let list = format!("admdvs,drug_code,原支付标准\n420000,{},{standard}\n", drugs::ATORVASTATIN);
        import(&center, "renewal_drug", "2024", "2025-01-01", &list).await;
        // A tenth first and 90 % of the rest, of 15 yuan that the list prints, or of 16 that the catalogue had.
        let life = sold(&center, &person).await;
        assert_eq!(fund(&life).await, Ok(wanted), "{row:?} {standard}");
        center.clock.set(parse("2025-07-01 00:00:00"));
        assert_eq!(fund(&life).await, Err(vec!["CAT-RENEWAL-FAILED".to_owned()]), "{row:?} {standard}");
    }
}

// proves WH-5.2
#[tokio::test]
async fn a_later_transition_has_its_own_last_day_and_ends_where_the_drug_is_in_again() {
    let (center, person) = wuhan().await;
    edition(&center, "2025", "2026-01-01", "").await;
    let list = format!("admdvs,drug_code,过渡期截止日期\n420000,{},2026-06-30\n", drugs::ATORVASTATIN);
    import(&center, "renewal_drug", "2025", "2026-01-01", &list).await;
    // A nearer place that names the drug without a day takes none away.
    let near = format!("admdvs,drug_code\n420100,{}\n", drugs::ATORVASTATIN);
    import(&center, "renewal_drug", "2025武汉", "2026-01-01", &near).await;
    center.clock.set(parse("2026-06-30 10:00:00"));
    let life = sold(&center, &person).await;
    assert_eq!(fund(&life).await, Ok(1_296), "the law's own days are long over, those of this list are not");
    center.clock.set(parse("2026-07-01 00:00:00"));
    assert_eq!(fund(&life).await, Err(vec!["CAT-RENEWAL-FAILED".to_owned()]));
    edition(&center, "2026", "2026-07-02", &format!("{KEPT},乙,2026-07-02,12\n")).await;
    center.clock.set(parse("2026-07-02 10:00:00"));
    let life = sold(&center, &person).await;
    assert_eq!(fund(&life).await, Ok(972), "of 12 yuan: it is an ordinary drug again");
}

// proves WH-5.7
#[tokio::test]
async fn a_list_that_drops_a_drug_for_turning_ordinary_is_told_so() {
    let center = TestCenter::empty(lf_center::Settings::default());
    let store = center.store.as_ref();
    let (turned, nego, gone) = (drugs::ATORVASTATIN, drugs::AMLODIPINE, drugs::AMOXICILLIN);
    let row = |code: &str, nego: &str| {
        format!("{code},某药,片剂,规格,某制药有限公司,国药准字H20260001,盒,片,7,乙,2020-01-01,{nego}\n")
    };
    let head = HEAD.replace("支付标准", "谈判药品");
    let first = [row(turned, "是"), row(nego, "是"), row(gone, "是")].concat();
    import(&center, "drug", "2023", "2024-01-01", &format!("{head}\n{first}")).await;
    let second = [row(turned, "否"), row(nego, "是")].concat();
    import(&center, "drug", "2024", "2025-01-01", &format!("{head}\n{second}")).await;
    for (at, list) in ["spay_drug", "dual_drug"].into_iter().enumerate() {
        let rows = |codes: &[&str]| {
            let (head, tag) = if at == 0 { ("", "") } else { (",类别", ",双通道") };
            let rows: String = codes.iter().map(|code| format!("420000,{code}{tag}\n")).collect();
            format!("admdvs,drug_code{head}\n{rows}")
        };
        import(&center, list, "2023", "2024-07-01", &rows(&[turned, nego, gone, drugs::HERB])).await;
        let drops = rows(&[drugs::HERB]);
        let report =
            Import { dry_run: true, ..Import::edition(store, list, "2024", "2025-01-01") }.text(&drops).await.unwrap();
        assert_eq!(report.diff.ended.len(), 3, "{list}");
        let [note] = &report.notes[..] else { panic!("{list}: {:?}", report.notes) };
        assert!(note.starts_with(&format!("420000|{turned}|")) && note.contains("in principle it stays"), "{note}");
        // With its row in the file it goes on as it was, and nothing is told.
        let keeps = rows(&[drugs::HERB, turned]);
        let report = Import::edition(store, list, "2024", "2025-01-01").text(&keeps).await.unwrap();
        assert_eq!((report.outcome, report.notes), (Outcome::Committed, vec![]), "{list}");
    }
}
