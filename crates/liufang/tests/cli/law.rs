//! `liufang law`: the packs measured, explained and asked, and what another edition of them would have decided.

use std::path::Path;

use crate::postgres::Database;
use crate::{Folder, ran};

#[test]
fn the_law_is_measured_explained_and_asked() {
    let folder = Folder::new();
    let (code, out, _) = ran(&folder, &["law", "check", "--on", "2026-11-22"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("2026-11-22在施行") && out.trim_end().ends_with("合格"), "{out}");
    let (code, out, _) = ran(&folder, &["law", "check", "--json"]);
    assert_eq!(code, 0);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["survivors"], serde_json::json!([]));
    let (code, out, _) = ran(&folder, &["law", "explain", "360900", "rx.vali_days_max", "--on", "2026-11-22"]);
    assert_eq!(code, 0);
    assert!(out.contains("电子处方流转有效期3天") && out.contains("赣医保字〔2024〕9号"), "{out}");
    assert_eq!(ran(&folder, &["law", "explain", "360900", "no.such"]).0, 2);
    let (code, page, _) = ran(&folder, &["law", "page", "--on", "2026-11-22"]);
    assert_eq!(code, 0);
    for part in ["鄂医保办〔2024〕32号", "不再接受纸质处方", "id=\"360000/settle.printed\"", "Rule packs"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<article").count(), page.matches("</article>").count());
    assert!(!page.contains("<script") && !page.contains("http"), "the page needs nothing but itself");
    assert_eq!(ran(&folder, &["law", "explain", "36", "rx.vali_days_max"]).0, 2);
    let (code, _, error) = ran(&folder, &["law", "check", "--on", "yesterday"]);
    assert_eq!(code, 2);
    assert!(error.contains("--on <DATE>") && error.contains("yesterday"), "{error}");
    std::fs::write(folder.join("facts.json"), r#"{"gate":"refund","admdvs":"360900","facts":{"retn_time":"2026-11-22 10:00:00","orig_setl_time":"2026-11-21 10:00:00","orig_route_flag":false,"phar_fixmedins_code":"P36090200106"}}"#).unwrap();
    let (code, out, error) = ran(&folder, &["law", "decide", "--facts", "facts.json"]);
    assert_eq!(code, 1, "{out}{error}");
    assert!(out.contains("REFUND-ROUTE") && out.contains("原路退回"), "{out}");
    std::fs::write(folder.join("facts.json"), r#"{"gate":"refund","admdvs":"360900","facts":{"no_such":1}}"#).unwrap();
    let (code, _, error) = ran(&folder, &["law", "decide", "--facts", "facts.json"]);
    assert_eq!(code, 2);
    assert!(error.contains("no_such"), "{error}");
}

/// The packs of this repository, copied into a folder to be changed.
pub fn packs(folder: &Folder, name: &str) -> std::path::PathBuf {
    lf_testkit::write_law(&folder.join(name));
    folder.join(name)
}

/// Replaces a text in a file once.
pub fn change(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// A drug of every prescription of the demo.
const AMLODIPINE: &str = "XC08CAA901A001010199901";
const THREE_DAYS: &str = "is = 3, cite = \"jx-2024-9 三（一）\", quote = \"电子处方流转有效期3天\"";

#[test]
fn a_pack_below_the_measure_is_exit_1_and_a_malformed_one_exit_2() {
    let folder = Folder::new();
    let file = packs(&folder, "law").join("360000/yd_mztc.toml");
    let (code, out, error) = ran(&folder, &["law", "check", "--packs", "law"]);
    assert_eq!(code, 0, "{out}{error}");
    change(&file, THREE_DAYS, &THREE_DAYS.replace("is = 3", "is = 4"));
    let (code, out, _) = ran(&folder, &["law", "check", "--packs", "law"]);
    assert_eq!(code, 1);
    assert!(out.contains("不成立的例") && out.contains("INDEX.lock与规则不一致"), "{out}");
    change(&file, "is = 4, cite", "is = 4, site");
    let (code, _, error) = ran(&folder, &["law", "check", "--packs", "law"]);
    let line = std::fs::read_to_string(&file).unwrap().lines().position(|line| line.contains("site")).unwrap() + 1;
    assert_eq!(code, 2);
    assert!(error.contains(&format!("360000/yd_mztc.toml:{line}：格式中没有“site”这一项")), "{error}");
}

/// Two editions that differ in how long a prescription is valid, and a database with the demo's prescriptions.
fn differs(folder: &Folder, database: &str) {
    let new = packs(folder, "new").join("360000/yd_mztc.toml");
    packs(folder, "old");
    let (code, out, error) = ran(folder, &["law", "diff", "old", "new", "--database", database]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("重新预核验2张处方，结论有变化0张"), "{out}");
    change(&new, THREE_DAYS, &THREE_DAYS.replace("is = 3", "is = 2"));
    let (code, out, error) = ran(folder, &["law", "diff", "old", "new", "--json", "--database", database]);
    assert_eq!(code, 1, "{out}{error}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let days = &report["by_provision"]["360000/rx.vali_days_max"];
    assert_eq!((&report["replayed"], &report["to_refused"]["prescriptions"]), (&2.into(), &2.into()), "{report:#}");
    assert_eq!((&days["refusals_more"], &days["refusals_fewer"]), (&2.into(), &0.into()), "{report:#}");
    assert_eq!(days["examples"].as_array().unwrap().len(), 2);
    // What was settled was refunded, so no money stands.
    assert_eq!(report["to_refused"]["settled"], 0);
    let (code, out, _) = ran(folder, &["law", "diff", "new", "old", "--database", database]);
    assert_eq!(code, 1);
    assert!(out.contains("由拒绝变为通过：2张"), "{out}");
    assert_eq!(ran(folder, &["law", "diff", "old", "nowhere", "--database", database]).0, 2);
}

#[test]
fn another_edition_is_tried_on_what_is_stored() {
    let folder = Folder::new();
    let (code, _, error) = ran(&folder, &["demo", "--once"]);
    assert_eq!(code, 0, "{error}");
    differs(&folder, "sqlite://var/demo/center.db");
    restriction_differs(&folder, "sqlite://var/demo/center.db");
}

/// What the lists restrict is asked again too: a drug for children only, which the one edition reminds of and the other refuses.
fn restriction_differs(folder: &Folder, database: &str) {
    let new = packs(folder, "strict").join("100000/yygl.toml");
    let child = "violated_if = { patn_age = { ge = \"$value\" } }\nseverity = ";
    change(&new, &format!("{child}\"remind\""), &format!("{child}\"refuse\""));
    let rules = format!("drug_code,rule_type,rule_value\n{AMLODIPINE},限定年龄对象,儿童\n");
    std::fs::write(folder.join("rules.csv"), rules).unwrap();
    let import =
        ["import", "drug_rule", "rules.csv", "--edition", "一", "--from", "2026-01-01", "--database", database];
    let (code, out, error) = ran(folder, &import);
    assert_eq!(code, 0, "{out}{error}");
    let (code, out, error) = ran(folder, &["law", "diff", "old", "strict", "--json", "--database", database]);
    assert_eq!(code, 1, "{out}{error}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["by_provision"]["100000/pay_limit.child"]["refusals_more"], 2, "{report:#}");
}

#[test]
fn another_edition_is_tried_on_postgres() {
    let (folder, database) = (Folder::new(), Database::new());
    let (code, _, error) = ran(&folder, &["demo", "--once", "--database", &database.url()]);
    assert_eq!(code, 0, "{error}");
    differs(&folder, &database.url());
}
