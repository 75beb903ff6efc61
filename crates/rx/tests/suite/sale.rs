//! What was prescribed against what is sold: packs and pieces, opened packs, several rows a drug, other makers.
//!
//! proves JX-3.5a: 处方药品与实际购买药品品种、数量一致; proves HB-2.4

use expect_test::expect;
use lf_rx::basket::{Basket, Listed, Packing, Unit};
use lf_rx::decide::sale::{Row, SaleRefusal, check_rows, packs_sold};
use lf_vocab::Qty;

use crate::fixture::{drug, in_time, line, p};

fn packing(cnt: &str) -> Packing {
    Packing { min_pacunt: "盒".into(), min_prepunt: "片".into(), min_pac_cnt: p(cnt) }
}

fn listed(genname: &str, spec: &str) -> Option<Listed> {
    let packing = packing("24");
    Some(Listed { genname: genname.into(), dosform_name: "片剂".into(), spec_name: spec.into(), packing })
}

#[test]
fn packs_of_a_prescribed_drug() {
    let mut table = String::new();
    for (cnt, unit, in_pack) in [
        ("2", "盒", "24"),
        ("1", "片", "24"),
        ("24", "片", "24"),
        ("25", "片", "24"),
        ("48", "片", "24"),
        ("0.5", "片", "24"),
        ("24.0001", "片", "24"),
        ("10", "片", "1"),
        ("10", "片", "2.5"),
        ("0.5", "盒", "24"),
        ("10", "粒", "24"),
        ("10", "片", "0"),
        ("922337203685477.5807", "片", "0.0001"),
    ] {
        let drugs = [drug("XA001", "甲", cnt, unit)];
        let row = Listed { packing: packing(in_pack), ..listed("甲", "5mg").unwrap() };
        let packs = Basket::new(&drugs, vec![Some(row)]).packs_needed(0);
        let packs = packs.map_or("不知道".to_owned(), |packs| format!("{packs}盒"));
        table.push_str(&format!("{cnt}{unit}，每盒{in_pack}片 → {packs}\n"));
    }
    expect![[r#"
        2盒，每盒24片 → 2盒
        1片，每盒24片 → 1盒
        24片，每盒24片 → 1盒
        25片，每盒24片 → 2盒
        48片，每盒24片 → 2盒
        0.5片，每盒24片 → 1盒
        24.0001片，每盒24片 → 2盒
        10片，每盒1片 → 10盒
        10片，每盒2.5片 → 4盒
        0.5盒，每盒24片 → 1盒
        10粒，每盒24片 → 不知道
        10片，每盒0片 → 不知道
        922337203685477.5807片，每盒0.0001片 → 不知道
    "#]]
    .assert_eq(&table);
}

#[test]
fn a_dose_form_that_is_its_own_pack_counts_as_packs() {
    let both = Packing { min_pacunt: "支".into(), min_prepunt: "支".into(), min_pac_cnt: p("1") };
    assert_eq!(both.unit("支"), Some(Unit::Pack));
    assert_eq!(both.packs_up(p("3"), Unit::Pack), Some(p("3")));
}

#[test]
fn what_is_sold_loose_has_no_pack_to_open() {
    let herb = Packing { min_pacunt: "g".into(), min_prepunt: "g".into(), min_pac_cnt: p("1") };
    for text in ["g", "克", " g "] {
        assert_eq!(herb.unit(text), Some(Unit::Pack), "{text}");
    }
    assert_eq!(herb.unit("mg"), None);
    assert_eq!(herb.packs_up(p("10.5"), Unit::Pack), Some(p("10.5")));
    assert_eq!(herb.packs_exactly(p("10.5"), Unit::Pack), Some(p("10.5")));
    // A bag of ten grams is a pack like any other.
    let bag = Packing { min_pacunt: "袋".into(), min_prepunt: "g".into(), min_pac_cnt: p("10") };
    assert_eq!(bag.packs_up(p("10.5"), Unit::Prep), Some(p("2")));
    assert_eq!(bag.packs_exactly(p("10.5"), Unit::Prep), None);
}

#[test]
fn of_an_opened_pack_no_more_is_charged_than_prescribed() {
    let drugs = [drug("XA001", "甲", "30", "片"), drug("XB001", "乙", "2", "盒")];
    let basket = Basket::new(&drugs, vec![listed("甲", "5mg"), listed("乙", "5mg")]);
    assert_eq!(basket.chargeable(0, p("2")), Some(p("30")));
    assert_eq!(basket.chargeable(0, p("1")), Some(p("24")));
    assert_eq!(basket.chargeable(1, p("2")), Some(p("2")));
    assert_eq!(basket.chargeable(2, p("2")), None);
}

/// `code name packs unit trace`; the catalogue lists every code under its name, 5mg, 24 a box.
fn sell(rows: &[(&str, &str, &str, &str, Option<&str>)]) -> Result<Vec<Qty>, SaleRefusal> {
    let drugs = [drug("XA001", "甲", "30", "片"), drug("XB001", "乙", "1", "盒")];
    let basket = Basket::new(&drugs, vec![listed("甲", "5mg"), listed("乙", "5mg")]);
    let lines: Vec<_> = rows
        .iter()
        .map(|(code, _, packs, unit, trac)| {
            let mut line = line(code, "随便写的名字", packs, *trac);
            line.drug_totlcnt_emp = (*unit).to_owned();
            line
        })
        .collect();
    let rows = lines.iter().zip(rows);
    let rows: Vec<_> = rows.map(|(line, (_, name, ..))| Row { line, listed: listed(name, "5mg") }).collect();
    check_rows(&basket, &rows, in_time()).map(|understood| packs_sold(&basket, &understood))
}

#[test]
fn rows_add_up_in_packs() {
    let sold = |rows: &[(&str, &str, &str, &str, Option<&str>)]| sell(rows).unwrap();
    assert_eq!(sold(&[("XA001", "甲", "2", "盒", None), ("XB001", "乙", "1", "盒", None)]), [p("2"), p("1")]);
    assert_eq!(
        sold(&[("XA001", "甲", "1", "盒", Some("81000001")), ("XA001", "甲", "1", "盒", Some("81000002"))]),
        [p("2"), p("0")]
    );
    // Tablets that make whole packs are packs.
    assert_eq!(sold(&[("XA001", "甲", "48", "片", None)]), [p("2"), p("0")]);
    // Another maker of the same medicine, by the catalogue's word.
    assert_eq!(sold(&[("XA999", "甲", "2", "盒", None)]), [p("2"), p("0")]);
}

#[test]
fn a_row_is_what_the_catalogue_says_and_not_what_the_till_writes() {
    let refused = |rows: &[(&str, &str, &str, &str, Option<&str>)]| sell(rows).unwrap_err();
    // Another medicine, whatever name stands beside its code.
    assert!(matches!(refused(&[("XC001", "丙", "1", "盒", None)]), SaleRefusal::NotPrescribed(_)));
    // Seven tablets are not seven boxes.
    assert!(matches!(refused(&[("XA001", "甲", "7", "片", None)]), SaleRefusal::PartOfPack(_)));
    assert!(matches!(refused(&[("XA001", "甲", "7", "丸", None)]), SaleRefusal::UnitUnknown(_)));
}

#[test]
fn another_strength_is_another_medicine() {
    let drugs = [drug("XA001", "甲", "1", "盒")];
    let basket = Basket::new(&drugs, vec![listed("甲", "5mg")]);
    let strong = line("XA777", "甲", "1", None);
    let rows = [Row { line: &strong, listed: listed("甲", "10mg") }];
    assert!(matches!(check_rows(&basket, &rows, in_time()), Err(SaleRefusal::NotPrescribed(_))));
    let unlisted = [Row { line: &strong, listed: None }];
    assert!(matches!(check_rows(&basket, &unlisted, in_time()), Err(SaleRefusal::NotPrescribed(_))));
}

#[test]
fn each_box_counts_for_its_own_code() {
    let drugs = [drug("XA001", "甲", "2", "盒"), drug("XA002", "甲", "1", "盒")];
    let basket = Basket::new(&drugs, vec![listed("甲", "5mg"), listed("甲", "5mg")]);
    let lines = [line("XA001", "甲", "2", None), line("XA002", "甲", "1", None)];
    let rows: Vec<_> = lines.iter().map(|line| Row { line, listed: listed("甲", "5mg") }).collect();
    let understood = check_rows(&basket, &rows, in_time()).unwrap();
    assert_eq!(packs_sold(&basket, &understood), [p("2"), p("1")]);
}
