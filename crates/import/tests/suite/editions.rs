//! Editions: what begins, what ends, what is refused, and that a dry run writes nothing.

use lf_center::Settings;
use lf_import::ImportError;
use lf_import::report::Outcome;
use lf_ports::lists::TagList;
use lf_ports::{ChangeSet, Dated, EditionOf, Item, Lists, RegistryPut, Since, Store};
use lf_testkit::center::TestCenter;
use lf_testkit::life::parse;
use lf_testkit::region;

use crate::{Import, counts};

const FIRST: &str = "code,name\nA,甲\nB,乙\nC,丙\n";
/// A is renamed, B stays, C is left out, D is new.
const SECOND: &str = "code,name\nA,新甲\nB,乙\nD,丁\n";

fn center() -> TestCenter {
    TestCenter::empty(Settings::default())
}

async fn on(store: &dyn Store, day: &str) -> String {
    let rows = store.list_page(Lists::Opsp, parse(day), None, 99).await.unwrap();
    let short = |row: &Dated<Item>| match &row.item {
        Item::Opsp(body) => format!("{}{}", body.opsp_dise_code, body.opsp_dise_name),
        other => panic!("{other:?}"),
    };
    rows.iter().map(short).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn an_edition_takes_the_place_of_the_last_from_its_day() {
    let center = center();
    let store = center.store.as_ref();
    Import::edition(store, "opsp", "一", "2026-01-01").text(FIRST).await.unwrap();
    let second = || Import::edition(store, "opsp", "二", "2027-01-01");
    let dry = Import { dry_run: true, ..second() }.text(SECOND).await.unwrap();
    assert_eq!((dry.outcome, counts(&dry)), (Outcome::Ready, [1, 1, 1, 1, 0]));
    assert_eq!((dry.diff.added[0].as_str(), dry.diff.ended[0].as_str()), ("D", "C"));
    assert_eq!(
        (dry.diff.changed[0].key.as_str(), dry.diff.changed[0].fields.join(",")),
        ("A", "opsp_dise_name".to_owned())
    );
    assert_eq!(on(store, "2027-01-01").await, "A甲 B乙 C丙", "a dry run writes nothing");
    assert_eq!(store.editions(EditionOf::List(Lists::Opsp)).await.unwrap().len(), 1);
    let done = second().text(SECOND).await.unwrap();
    assert_eq!((done.outcome, &done.diff), (Outcome::Committed, &dry.diff));
    let edition = done.edition.unwrap();
    assert_eq!((edition.ver, edition.row_cnt, edition.from.as_str()), (2, 3, "2027-01-01"));
    assert_eq!(on(store, "2026-12-31").await, "A甲 B乙 C丙");
    assert_eq!(on(store, "2027-01-01").await, "A新甲 B乙 D丁");
    let changed = store.list_since(Lists::Opsp, &Since::version(1), 99).await.unwrap();
    let keys: Vec<_> = changed.iter().map(|row| row.item.key()).collect();
    assert_eq!(keys, ["A", "A", "C", "D"], "B did not change and is not downloaded again");
}

#[tokio::test]
async fn the_edition_of_one_place_ends_no_price_of_another() {
    // proves JX-1.8: selected and platform prices come as dated lists of places
    let (center, drug) = (center(), "XC10AAA209A001010100003");
    let store = center.store.as_ref();
    let other = "XC08CAA189A001010100002";
    let first = format!("drug_code,admdvs,中选价\n{drug},360000,18.6\n{other},360000,9\n{drug},420000,17\n");
    Import::edition(store, "sel_pric", "一", "2026-01-01").text(&first).await.unwrap();
    let second = format!("drug_code,admdvs,中选价\n{drug},360000,16.5\n");
    let report = Import::edition(store, "sel_pric", "江西二", "2026-07-01").text(&second).await.unwrap();
    assert_eq!((report.outcome, counts(&report)), (Outcome::Committed, [0, 1, 0, 1, 1]));
    let plat = format!("drug_code,admdvs,挂网价\n{drug},360000,19\n{drug},360900,18.8\n");
    Import::edition(store, "plat_pric", "一", "2026-01-01").text(&plat).await.unwrap();
    let codes = [drug.parse().unwrap(), other.parse().unwrap()];
    let prics = async |place: &str, on: &str| {
        let found = store.drug_prics(&codes, parse(place), parse(on)).await.unwrap();
        let short = |pric: Option<lf_vocab::Pric>| pric.map_or("-".to_owned(), |pric| pric.to_string());
        found.iter().map(|p| format!("{} {}", short(p.sel_pric), short(p.plat_pric))).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(prics("360900", "2026-06-30").await, "18.6 18.8, 9 -");
    assert_eq!(prics("360900", "2026-07-01").await, "16.5 18.8, - -");
    assert_eq!(prics("360100", "2026-07-01").await, "16.5 19, - -", "another city of the province");
    assert_eq!(prics("420100", "2026-07-01").await, "17 -, - -", "another province");
    assert_eq!(prics("360900", "2025-12-31").await, "- -, - -");
    let bad = format!("drug_code,admdvs,中选价\n{drug},36000,18.6\n{drug},360000,0\n");
    let report = Import::edition(store, "sel_pric", "三", "2026-08-01").text(&bad).await.unwrap();
    assert_eq!((report.outcome, report.defect_cnt), (Outcome::Defects, 2));
}

#[tokio::test]
async fn an_edition_has_the_figures_that_are_printed_with_it() {
    // proves WH-5.1, WH-5.1b: totals and changes are compared, and one edition follows the other on one day
    let center = center();
    let store = center.store.as_ref();
    Import::edition(store, "opsp", "一", "2026-01-01").text(FIRST).await.unwrap();
    let expecting = |expect: &[&str]| Import {
        expect: expect.iter().map(|figure| figure.parse().unwrap()).collect(),
        ..Import::edition(store, "opsp", "二", "2027-01-01")
    };
    let report = expecting(&["total=4", "added=1", "ended=2"]).text(SECOND).await.unwrap();
    assert_eq!(report.outcome, Outcome::FiguresDiffer);
    assert_eq!(report.notes, ["total is 3, expected 4", "ended is 1, expected 2"]);
    assert_eq!(on(store, "2027-01-01").await, "A甲 B乙 C丙", "nothing was written");
    let right = expecting(&["total=3", "added=1", "changed=1", "ended=1"]);
    assert_eq!(right.text(SECOND).await.unwrap().outcome, Outcome::Committed);
    assert_eq!(
        (on(store, "2026-12-31").await, on(store, "2027-01-01").await),
        ("A甲 B乙 C丙".into(), "A新甲 B乙 D丁".into())
    );
    for wrong in ["total", "total=x", "sum=1", "total=-1"] {
        assert!(wrong.parse::<lf_import::Figure>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_part_ends_nothing() {
    let center = center();
    let store = center.store.as_ref();
    Import::edition(store, "opsp", "一", "2026-01-01").text(FIRST).await.unwrap();
    let part = Import { part: true, ..Import::edition(store, "opsp", "补", "2026-02-01") };
    let report = part.text("code,name\nD,丁\nB,新乙\n").await.unwrap();
    assert_eq!((counts(&report), report.edition.unwrap().row_cnt), ([1, 1, 0, 0, 2], 4));
    assert_eq!(on(store, "2026-02-01").await, "A甲 B新乙 C丙 D丁");
}

#[tokio::test]
async fn an_edition_of_the_same_day_corrects_the_one_before() {
    let center = center();
    let store = center.store.as_ref();
    Import::edition(store, "opsp", "一", "2026-01-01").text(FIRST).await.unwrap();
    Import::edition(store, "opsp", "一之更正", "2026-01-01").text(SECOND).await.unwrap();
    assert_eq!(on(store, "2026-01-01").await, "A新甲 B乙 D丁");
    let back = Import::edition(store, "opsp", "一之再更正", "2026-01-01").text(FIRST).await.unwrap();
    assert_eq!(counts(&back), [1, 1, 1, 1, 0]);
    assert_eq!(on(store, "2026-01-01").await, "A甲 B乙 C丙");
}

#[tokio::test]
async fn history_is_not_rewritten_and_a_name_counts_once() {
    let center = center();
    let store = center.store.as_ref();
    let first = Import::edition(store, "opsp", "一", "2026-01-01");
    first.text(FIRST).await.unwrap();
    let again = first.text(FIRST).await.unwrap();
    assert_eq!(again.outcome, Outcome::NothingToDo, "the same file again is the same edition");
    let refused =
        async |name: &str, from: &str, text: &str| match Import::edition(store, "opsp", name, from).text(text).await {
            Err(ImportError::Refused(reason)) => reason,
            other => panic!("{other:?}"),
        };
    assert!(refused("一", "2026-01-01", "code,name\nX,x\n").await.contains("imported already"));
    assert!(refused("一", "2026-06-01", FIRST).await.contains("imported already"));
    assert!(refused("零", "2025-12-31", SECOND).await.contains("history is not rewritten"));
    assert!(refused("", "2026-06-01", SECOND).await.contains("1 to 60"));
    assert!(refused(&"长".repeat(61), "2026-06-01", SECOND).await.contains("1 to 60"));
    Import::edition(store, "opsp", &"长".repeat(60), "2026-06-01").text(SECOND).await.unwrap();
    let registers = Import { edition: Some(("一", "2026-01-01")), ..Import::of(store, "person") };
    let reason = registers.text("psn_no\n1\n").await.unwrap_err().to_string();
    assert!(reason.contains("register"), "{reason}");
    let reason = Import::of(store, "opsp").text(FIRST).await.unwrap_err().to_string();
    assert!(reason.contains("--edition"), "{reason}");
}

#[tokio::test]
async fn of_two_imports_at_once_the_second_writes_nothing() {
    let center = center();
    let store = center.store.as_ref();
    let table = |text: &str| lf_import::Table::read(text.as_bytes(), &lf_import::file::Place::default()).unwrap();
    let planned = async |name: &str, text: &str| {
        let parsed = lf_import::parse("opsp".parse().unwrap(), &table(text), &[], &mut |_, _, _| {});
        let wanted = lf_import::Wanted {
            edition: Some(name.to_owned()),
            from: Some(parse("2026-01-01")),
            part: false,
            skip_defects: false,
            expect: vec![],
            file_sm3: name.to_owned(),
            now: center.now(),
        };
        let chance = lf_testkit::edge::SeededChance::new(1);
        lf_import::plan(store, &chance, parsed, &wanted, &mut |_, _, _| {}).await.unwrap()
    };
    let (one, two) = (planned("一", FIRST).await, planned("二", SECOND).await);
    lf_import::commit(store, one).await.unwrap();
    assert!(matches!(lf_import::commit(store, two).await, Err(ImportError::Overtaken)));
    assert_eq!(on(store, "2026-01-01").await, "A甲 B乙 C丙");
}

#[tokio::test]
async fn a_catalogue_ends_what_was_put_by_hand() {
    let center = center();
    let store = center.store.as_ref();
    let by_hand = region::catalogue().into_iter().map(RegistryPut::Drug).collect();
    store.commit(ChangeSet { registry: by_hand, ..ChangeSet::default() }).await.unwrap();
    let text = "med_list_codg,通用名,剂型,规格,生产企业,批准文号,最小包装单位,最小制剂单位,最小包装数量,甲乙类,begndate\n\
        XC08CAA133A001010100002,氨氯地平片,片剂,规格,某制药有限公司,国药准字H20260001,盒,片,7,甲,2020-01-01\n";
    let import = Import::edition(store, "drug", "2026-07", "2026-07-01");
    let report = import.text(text).await.unwrap();
    assert_eq!(counts(&report), [0, 1, 0, 7, 0]);
    assert_eq!(report.diff.changed[0].fields, ["chrgitm_lv"]);
    assert_eq!(report.edition.unwrap().ver, 2, "younger than rows of no edition");
    let level = async |day: &str| {
        let code = [parse(region::drugs::AMLODIPINE)];
        store.drugs(&code, parse(day)).await.unwrap().remove(0).unwrap().chrgitm_lv.code()
    };
    assert_eq!((level("2026-06-30").await, level("2026-07-01").await), ("02", "01"));
    let gone = store.drugs(&[parse(region::drugs::HERB)], parse("2026-07-01")).await.unwrap();
    assert_eq!(gone, [None]);
}

// proves WH-1.1
#[tokio::test]
async fn a_list_of_drugs_grows_in_two_dated_versions_checked_by_the_printed_counts() {
    let center = TestCenter::empty(Settings::default());
    let store = center.store.as_ref();
    let file = |count: usize| {
        let rows = (0..count).map(|at| format!("420000,XA01AAA{at:03}\n"));
        format!("admdvs,med_list_codg\n{}", rows.collect::<String>())
    };
    let expect = |text: &str| vec![text.parse().unwrap()];
    let first = Import::edition(store, "spay_drug", "2023", "2024-07-01");
    let report = Import { expect: expect("total=225"), ..first }.text(&file(224)).await.unwrap();
    assert_eq!(report.outcome, Outcome::FiguresDiffer);
    let first = Import::edition(store, "spay_drug", "2023", "2024-07-01");
    let report = Import { expect: expect("total=224"), ..first }.text(&file(224)).await.unwrap();
    assert_eq!(report.outcome, Outcome::Committed);
    let second = Import::edition(store, "spay_drug", "2024", "2025-01-01");
    let report = Import { expect: expect("total=267"), ..second }.text(&file(267)).await.unwrap();
    assert_eq!((report.outcome, report.diff.added.len()), (Outcome::Committed, 43));
    let list = Lists::Tagged(TagList::Spay);
    for (on, count) in [("2024-06-30", 0), ("2024-12-31", 224), ("2025-01-01", 267)] {
        let rows = store.list_page(list, on.parse().unwrap(), None, 999).await.unwrap();
        assert_eq!(rows.len(), count, "{on}");
    }
}
