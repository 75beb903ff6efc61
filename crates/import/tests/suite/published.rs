//! The lists as they are published, at full size, where `LIUFANG_IMPORT_DATA` names the folder that holds them.

use std::path::PathBuf;

use lf_center::Settings;
use lf_center::limit::Limits;
use lf_import::report::Outcome;
use lf_ports::{Item, Lists, Store};
use lf_testkit::center::TestCenter;
use lf_testkit::life::parse;

use crate::Import;

/// Kind, file, rows that count.
const FILES: [(&str, &str, u64); 7] = [
    ("drug_rule", "nhsa_drug_codes_2ku.csv", 13_827),
    ("diagnosis", "icd10_diagnosis_codes.csv", 33_304),
    ("dict", "code_tables_hunan_v1.1.27.csv", 3_407),
    ("nrdl", "nrdl2024.csv", 3_826),
    ("nrdl_pay_std", "nrdl2024_payment_standards.csv", 491),
    ("opsp", "opsp_disease_codes_guangdong.csv", 45),
    ("frequency", "order_frequency_dict.csv", 27),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn published_lists_are_taken_as_they_are() {
    let Some(folder) = std::env::var_os("LIUFANG_IMPORT_DATA").map(PathBuf::from) else {
        eprintln!("LIUFANG_IMPORT_DATA names no folder: nothing to read");
        return;
    };
    let center = TestCenter::empty(Settings::default());
    let store = center.store.as_ref();
    for (kind, file, rows) in FILES {
        // The code tables give four codes two meanings; the first one counts.
        let skip_defects = kind == "dict";
        let import = Import { skip_defects, ..Import::edition(store, kind, "一", "2025-01-01") };
        let report = import.file(&folder.join(file)).await.unwrap();
        assert_eq!(report.outcome, Outcome::Committed, "{kind}: {report}");
        assert_eq!(report.defect_cnt, if skip_defects { 4 } else { 0 });
        assert!(!report.notes.iter().any(|note| note.contains("passed over")), "{kind}: {:?}", report.notes);
        assert_eq!(report.edition.unwrap().row_cnt, rows, "{kind}");
    }
    let item = async |list, key: &str| {
        let mut found = store.list_items(list, &[key], parse("2026-01-01")).await.unwrap();
        found.remove(0).unwrap().item
    };
    let Item::DrugRule(rule) = item(Lists::DrugRule, "ZA04CAE0023010100166|限定年龄对象|儿童").await else {
        panic!()
    };
    assert_eq!((rule.genname.as_deref(), rule.batch.as_deref()), (Some("儿童清肺口服液"), Some("第一批")));
    // What the pre-check makes of it: of all published restrictions it understands every one.
    let (mut after, mut rows) = (None, 0);
    loop {
        let page = store.list_page(Lists::DrugRule, parse("2026-01-01"), after.as_deref(), 1_000).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.item.key());
        rows += page.len();
        let understood = page.iter().all(|row| Limits::of(std::slice::from_ref(row)).unread().is_empty());
        assert!(understood, "{:?}", page.iter().find(|row| !Limits::of(std::slice::from_ref(row)).unread().is_empty()));
    }
    assert_eq!(rows, 13_827);
    let Item::NrdlPayStd(row) = item(Lists::NrdlPayStd, "协议西药|XA02BC|1|注射用艾普拉唑钠|10mg/支").await
    else {
        panic!()
    };
    assert_eq!(row.pric, Some(parse("63")));
    assert_eq!(row.agreement.unwrap().until(), Some(parse("2026-01-01")), "the last day of an agreement belongs to it");
    let Item::Frequency(row) = item(Lists::Frequency, "q1/2h").await else { panic!() };
    assert_eq!((row.period_days, row.times_per_period), (1, 48));
    let Item::Diagnosis(row) = item(Lists::Diagnosis, "A01.000x005+J17.0*").await else { panic!() };
    assert_eq!(row.diag_name, "伤寒并发肺炎");
    let Item::Nrdl(row) = item(Lists::Nrdl, "西药部分|XA02A|★(8)|枸橼酸铋钾|颗粒剂").await else {
        panic!()
    };
    assert_eq!(row.chrgitm_lv.name(), "甲类");
}
