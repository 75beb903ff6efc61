//! What was prescribed against what is sold: packs and pieces, opened packs, several rows a drug, other makers.
//!
//! proves JX-3.5a: 处方药品与实际购买药品品种、数量一致; proves HB-2.4

use expect_test::expect;
use lf_rx::decide::sale::{BasketDifference, Packing, compare_basket, packs_needed};
use lf_vocab::Qty;

use crate::fixture::{drug, line, p};

fn packing(cnt: &str) -> Packing {
    Packing { min_pacunt: "盒".into(), min_prepunt: "片".into(), min_pac_cnt: p(cnt) }
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
        let packs = packs_needed(&drug("XA001", "甲", cnt, unit), &packing(in_pack));
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
    assert_eq!(packs_needed(&drug("XA001", "甲", "3", "支"), &both), Some(p("3")));
}

fn shown(differences: &[BasketDifference]) -> String {
    differences
        .iter()
        .map(|difference| match difference {
            BasketDifference::Count { med_list_codg, prescribed, sold } => {
                format!("{}:{prescribed}≠{sold}", &med_list_codg.as_str()[..5])
            }
            BasketDifference::Unit { med_list_codg } => format!("{}:unit", &med_list_codg.as_str()[..5]),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn baskets() {
    let a = drug("XA001", "甲", "30", "片");
    let b = drug("XB001", "乙", "1", "盒");
    let odd = drug("XC001", "丙", "5", "丸");
    let known = || Some(packing("24"));
    let check = |drugs: &[(&lf_rx::RxDrug, Option<Packing>)], lines: &[(&str, &str, &str)]| {
        let lines: Vec<_> = lines.iter().map(|(code, name, packs)| line(code, name, packs, None)).collect();
        shown(&compare_basket(drugs, &lines))
    };
    let both = [(&a, known()), (&b, known())];
    // Equal, in one row or a row a box.
    assert_eq!(check(&both, &[("XA001", "甲", "2"), ("XB001", "乙", "1")]), "");
    assert_eq!(check(&both, &[("XA001", "甲", "1"), ("XB001", "乙", "1"), ("XA001", "甲", "1")]), "");
    // Less, more, nothing, one drug forgotten.
    assert_eq!(check(&both, &[("XA001", "甲", "1"), ("XB001", "乙", "1")]), "XA001:2≠1");
    assert_eq!(check(&both, &[("XA001", "甲", "3"), ("XB001", "乙", "2")]), "XA001:2≠3 XB001:1≠2");
    assert_eq!(check(&both, &[]), "XA001:2≠0 XB001:1≠0");
    // Another maker's code under the same generic name.
    assert_eq!(check(&both, &[("XA999", "甲", "2"), ("XB001", "乙", "1")]), "");
    // Two makers of one drug, both prescribed: each box counts for its own code.
    let twin = drug("XA002", "甲", "1", "盒");
    let twins = [(&a, known()), (&twin, known())];
    assert_eq!(check(&twins, &[("XA001", "甲", "2"), ("XA002", "甲", "1")]), "");
    assert_eq!(check(&twins, &[("XA001", "甲", "3")]), "XA001:2≠3 XA002:1≠0");
    // A unit that the catalogue does not know, and a drug that it does not know.
    assert_eq!(check(&[(&odd, known())], &[("XC001", "丙", "1")]), "XC001:unit");
    assert_eq!(check(&[(&a, None)], &[("XA001", "甲", "2")]), "XA001:unit");
}

#[test]
fn a_basket_beyond_all_numbers_differs() {
    let a = drug("XA001", "甲", "1", "盒");
    let huge = Qty::new(i64::MAX).to_string();
    let lines = [line("XA001", "甲", &huge, None), line("XA001", "甲", &huge, None)];
    assert!(!compare_basket(&[(&a, Some(packing("24")))], &lines).is_empty());
}
