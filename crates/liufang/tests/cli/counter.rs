//! `duty gaps`, `archive unsigned`, `online`, and the print into the history: the counter's interlocks as an operator meets them.

use super::paper::demo;
use super::{Folder, ran};

const PHARMACY: &str = "P36090200106";

#[test]
fn a_pharmacy_open_day_and_night_without_a_pharmacist_has_gaps() {
    // proves JX-1.2
    let folder = Folder::new();
    demo(&folder);
    let database = ["--database", "sqlite://d/center.db"];
    let span = ["--fixmedins-code", PHARMACY, "--from", "2026-01-01", "--until", "2026-01-03"];
    let gaps = || ran(&folder, &[&["duty", "gaps"], &span[..], &database].concat());
    let (code, out, error) = gaps();
    assert!(code == 1 && error.contains("open_hours"), "{out}{error}");
    let rows = format!(
        "定点医药机构编号,定点医药机构名称,统筹区,开始日期,处方流转,双通道,门诊统筹,营业时间\n{PHARMACY},示例大药房,360900,2024-01-01,是,是,是,09:00-17:30\n"
    );
    std::fs::write(folder.join("hours.csv"), rows).unwrap();
    let (code, out, error) = ran(&folder, &[&["import", "fixmedins", "hours.csv"], &database[..]].concat());
    assert_eq!(code, 0, "{out}{error}");
    let (code, out, _) = gaps();
    assert_eq!(code, 1, "{out}");
    assert_eq!(out.matches("缺岗").count(), 2, "a gap a day: {out}");
    assert!(out.contains("缺岗 2026-01-01 09:00:00 – 2026-01-01 17:30:00") && out.contains("2 gap(s)"), "{out}");
    let (code, out, _) = ran(
        &folder,
        &[
            &["duty", "gaps", "--fixmedins-code", PHARMACY, "--from", "2030-01-01", "--until", "2030-01-02"],
            &database[..],
        ]
        .concat(),
    );
    assert!(code == 0 && out.contains("0 gap(s)"), "what is to come is no gap: {out}");
}

#[test]
fn what_was_taken_back_needs_no_signature_and_is_not_printed_any_more() {
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let printed = ["paper", "prescription", "--hi-rxno", &hi_rxno, "--record", "--out", "x.pdf"];
    let (code, _, error) = ran(&folder, &[&printed[..], &["--database", "sqlite://d/center.db"]].concat());
    assert!(code == 2 && error.contains("refunded"), "nothing follows in a closed history: {error}");
    let (code, out, error) = ran(
        &folder,
        &[
            "archive",
            "unsigned",
            "--fixmedins-code",
            PHARMACY,
            "--from",
            "2020-01-01",
            "--until",
            "2100-01-01",
            "--database",
            "sqlite://d/center.db",
        ],
    );
    assert!(code == 0 && out.contains("0 settlement(s)"), "what was taken back needs no signature: {out}{error}");
}

#[test]
fn nobody_chooses_without_a_credential() {
    let folder = Folder::new();
    demo(&folder);
    let choose = ["online", "--pharmacy", PHARMACY, "--channel", "DEMOCHANNEL", "--database", "sqlite://d/center.db"];
    let (code, out, error) = ran(&folder, &choose);
    assert!(code == 1 && error.contains("RX-0002-05"), "{out}{error}");
    let nowhere = ["online", "--pharmacy", "P36090299999", "--channel", "X", "--database", "sqlite://d/center.db"];
    assert_eq!(ran(&folder, &nowhere).0, 1);
}
