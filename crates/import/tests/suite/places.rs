//! Lists of several places: the edition of one ends no row of another.

use lf_center::Settings;
use lf_import::ImportError;
use lf_import::report::Outcome;
use lf_ports::{Lists, Store};
use lf_testkit::center::TestCenter;
use lf_testkit::life::parse;
use lf_vocab::Day;

use crate::{Import, counts};

/// How many rows of a kind are in force on a day.
async fn standing(store: &dyn Store, list: Lists, on: &str) -> usize {
    store.list_page(list, on.parse().unwrap(), None, 99).await.unwrap().len()
}

/// Of a kind two rows of Yichun, then an edition of Nanchang, then one of Yichun that leaves one of its own out.
async fn two_places(kind: &str, head: &str, row: impl Fn(&str, usize) -> String) {
    let center = TestCenter::empty(Settings::default());
    let store = center.store.as_ref();
    let list = Lists::ALL.into_iter().find(|list| list.word() == kind).unwrap();
    let import = async |name: &str, from: &str, rows: &[(&str, usize)]| {
        let rows: String = rows.iter().map(|(place, at)| row(place, *at) + "\n").collect();
        let report = Import::edition(store, kind, name, from).text(&format!("{head}\n{rows}")).await.unwrap();
        assert_eq!(report.outcome, Outcome::Committed, "{kind}: {report:?}");
        counts(&report)
    };
    assert_eq!(import("宜春一", "2026-01-01", &[("3609", 1), ("3609", 2)]).await, [2, 0, 0, 0, 0], "{kind}");
    assert_eq!(import("南昌一", "2026-02-01", &[("3601", 1)]).await, [1, 0, 0, 0, 2], "{kind}");
    assert_eq!(standing(store, list, "2026-02-01").await, 3, "{kind}");
    assert_eq!(import("宜春二", "2026-03-01", &[("3609", 2)]).await, [0, 0, 1, 1, 1], "{kind}");
    assert_eq!(standing(store, list, "2026-03-01").await, 2, "{kind}");
    // Names and days are those of the list, whichever place an edition is of.
    let again = format!("{head}\n{}\n", row("3601", 3));
    for (name, from, word) in [("宜春二", "2026-04-01", "imported already"), ("南昌二", "2026-02-15", "history")]
    {
        match Import::edition(store, kind, name, from).text(&again).await {
            Err(ImportError::Refused(reason)) => assert!(reason.contains(word), "{kind}: {reason}"),
            other => panic!("{kind}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_designations_of_one_place_end_none_of_another() {
    let head = "poolarea_no,dsgn_type,fixmedins_code,begndate,filing_no";
    two_places("designation", head, |place, at| format!("{place}00,双通道,H{place}020000{at},2026-01-01,一号")).await;
}

#[tokio::test]
async fn the_drugs_of_one_place_end_none_of_another() {
    for kind in ["spay_drug", "renewal_drug"] {
        two_places(kind, "admdvs,drug_code", |place, at| format!("{place}00,XA01AAA00{at}")).await;
    }
    let dual = |place: &str, at: usize| format!("{place}00,XA01AAA00{at},竞价");
    two_places("dual_drug", "admdvs,drug_code,类别", dual).await;
    let opsp = |place: &str, at: usize| format!("{place}00,XA01AAA00{at},M03900");
    two_places("opsp_drug", "admdvs,drug_code,病种编码", opsp).await;
    let stopped = |place: &str, at: usize| format!("{place}00,XA01AAA00{at},2025-03-01");
    two_places("no_prod_drug", "admdvs,drug_code,停产日期", stopped).await;
}

#[tokio::test]
async fn the_agreements_of_one_citys_hospitals_end_none_of_anothers() {
    let head = "fixmedins_code,phar_fixmedins_code,begndate";
    two_places("consult_pair", head, |place, at| format!("H{place}020000{at},P36090200001,2026-01-01")).await;
}

/// A kind, its headings, and its rows under one first part.
type OfKind<'a> = (&'a str, &'a str, &'a dyn Fn(usize) -> String);

#[tokio::test]
async fn no_more_rows_stand_together_than_a_message_reads() {
    let most = lf_ports::store::UNDER_MAX;
    let designation =
        |at: usize| format!("360900,单独支付,H36090200001,D360902000001,XA01AAA{at:03},2026-01-01,一号\n");
    let opsp = |at: usize| format!("360900,XA01AAA001,M{at:05}\n");
    let rule = |at: usize| format!("XA01AAA001,限定支付疗程,{}天\n", at + 1);
    let pair = |at: usize| format!("H36090200001,P36090200001,{},\n", parse::<Day>("2020-01-01").plus(at as i32));
    let kinds: [OfKind<'_>; 4] = [
        (
            "designation",
            "poolarea_no,dsgn_type,fixmedins_code,dr_code,med_list_codg,begndate,filing_no\n",
            &designation,
        ),
        ("opsp_drug", "admdvs,drug_code,病种编码\n", &opsp),
        ("drug_rule", "drug_code,rule_type,rule_value\n", &rule),
        ("consult_pair", "fixmedins_code,phar_fixmedins_code,begndate,enddate\n", &pair),
    ];
    for (kind, head, row) in kinds {
        let center = TestCenter::empty(Settings::default());
        let store = center.store.as_ref();
        let rows = |from: usize, upto: usize| format!("{head}{}", (from..upto).map(row).collect::<String>());
        let full = Import::edition(store, kind, "一", "2026-01-01").text(&rows(0, most)).await.unwrap();
        assert_eq!(full.outcome, Outcome::Committed, "{kind}: {full:?}");
        // A part adds to what stands; one that takes the place of a row, and a whole edition, do not.
        let part = |name| Import { part: true, ..Import::edition(store, kind, name, "2026-02-01") };
        match part("二").text(&rows(most, most + 1)).await {
            Err(ImportError::Refused(reason)) => {
                assert!(reason.contains(&format!("{} rows would stand under", most + 1)), "{kind}: {reason}")
            }
            other => panic!("{kind}: {other:?}"),
        }
        assert_eq!(part("三").text(&rows(0, 1)).await.unwrap().outcome, Outcome::Committed, "{kind}");
        let next = Import::edition(store, kind, "四", "2026-03-01").text(&rows(1, most + 1)).await.unwrap();
        assert_eq!(next.outcome, Outcome::Committed, "{kind}");
    }
}
