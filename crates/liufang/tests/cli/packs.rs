//! Whatever asks the law against a database asks the packs that it is told of, so that a center with packs of its own gets one answer.

use super::admission::{PHARMACY, STATED};
use super::law::{change, packs};
use super::paper::demo;
use super::{Folder, ran};

const DEMO: [&str; 2] = ["--database", "sqlite://d/center.db"];
const OTHERS: [&str; 2] = ["--packs", "law"];

/// In place of a prescription's number.
const RX: &str = "RX";

/// A command with what it must be told besides; none of it is asked for before the packs.
const COMMANDS: [&[&str]; 15] = [
    &["archive", "keep", "--hi-rxno", RX],
    &[
        "archive",
        "export",
        "--fixmedins-code",
        PHARMACY,
        "--from",
        "2020-01-01",
        "--until",
        "2100-01-01",
        "--no-sheets",
        "--out",
        "x.zip",
    ],
    &["online", "--pharmacy", PHARMACY, "--channel", "X"],
    &["admission", "apply", PHARMACY, "门诊统筹", "--facts", "-", "--by", "甲"],
    &["admission", "list", "--admdvs", "360900"],
    &["publish", "prices", "--pool", "360900"],
    &["stock", "offers", "--pool", "360900", "--name", "氨氯地平"],
    &["stock", "nego", "--pool", "450100"],
    &["stock", "report", "uploads", "--area", "360900", "--from", "2026-11-01", "--to", "2026-11-30"],
    &["stock", "complain", "list", "--pool", "360900"],
    &["grant", "list", "--admdvs", "360900"],
    &["claim", "list", "--poolarea-no", "360900"],
    &["filing", "list", "--poolarea-no", "360900", "--psn-no", "36090000000000000001"],
    &["law", "diff", "nowhere", "nowhere"],
    &["import", "filing", "x.csv"],
];

#[test]
fn packs_that_are_not_there_end_a_command_before_it_opens_the_database() {
    let folder = Folder::new();
    let rx = lf_vocab::HiRxno::new("360900".parse().unwrap(), "2020-01-01".parse().unwrap(), 1).unwrap();
    for command in COMMANDS {
        let command: Vec<&str> = command.iter().map(|arg| if *arg == RX { rx.as_str() } else { arg }).collect();
        let packs: &[&str] = if command[0] == "law" { &[] } else { &["--packs", "nowhere"] };
        let (code, out, error) = ran(&folder, &[&command[..], packs, &["--database", "sqlite://none.db"]].concat());
        assert!(code == 2 && error.contains("cannot read the folder nowhere"), "{command:?}: {out}{error}");
    }
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0, "and nothing is written");
}

#[test]
fn a_folder_with_no_pack_in_it_is_no_law() {
    let folder = Folder::new();
    std::fs::create_dir(folder.join("empty")).unwrap();
    let list = ["grant", "list", "--admdvs", "360900", "--packs", "empty", "--database", "sqlite://none.db"];
    let decide = ["law", "decide", "--facts", "f.json", "--packs", "empty"];
    for command in [
        &list[..],
        &decide,
        &["law", "check", "--packs", "empty"],
        &["law", "diff", "empty", "empty", "--database", "sqlite://none.db"],
    ] {
        for readme in [false, true] {
            if readme {
                std::fs::write(folder.join("empty/README.md"), "# Packs\n").unwrap();
            }
            std::fs::write(folder.join("f.json"), "{}").unwrap();
            let (code, out, error) = ran(&folder, command);
            assert!(code == 2 && error.contains("no rule packs in empty"), "{command:?}: {out}{error}");
        }
    }
}

#[test]
fn the_archive_is_kept_by_the_packs_that_are_named() {
    // proves HB-1.16
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let pack = packs(&folder, "law").join("360000/yd_mztc.toml");
    change(&pack, "is = 2, cite = \"jx-2024-9 四（二）\"", "is = 5, cite = \"jx-2024-9 四（二）\"");
    let keep = |packs: &[&str]| ran(&folder, &[&["archive", "keep", "--hi-rxno", &hi_rxno], packs, &DEMO[..]].concat());
    let years = |packs: &[&str]| {
        let out = keep(packs).1;
        out.split_once("（至少").unwrap().1.split_once('年').unwrap().0.to_owned()
    };
    assert_eq!((years(&[]), years(&OTHERS)), ("2".to_owned(), "5".to_owned()));
    let export = |out: &str, packs: &[&str]| {
        let (code, said, error) =
            super::archive::export(&folder, PHARMACY, out, &[&super::archive::ALL[..], packs].concat());
        assert_eq!(code, 0, "{said}{error}");
        let files = super::archive::files(&folder, out);
        let (_, kept) = files.iter().find(|(name, _)| name.ends_with("/retention.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(kept).unwrap()["years"].as_i64().unwrap()
    };
    assert_eq!((export("a.zip", &[]), export("b.zip", &OTHERS)), (2, 5));
}

#[test]
fn an_application_is_judged_and_prices_are_published_by_the_packs_that_are_named() {
    let folder = Folder::new();
    demo(&folder);
    let law = packs(&folder, "law");
    change(
        &law.join("360000/yd_mztc.toml"),
        "is = 1, cite = \"jx-2024-9 一（二）\"",
        "is = 99, cite = \"jx-2024-9 一（二）\"",
    );
    change(&law.join("100000/supply.toml"), "is = 24, cite = \"Q-药品查询", "is = 36, cite = \"Q-药品查询");
    std::fs::write(folder.join("facts.json"), STATED).unwrap();
    let apply = |packs: &[&str]| {
        let apply = ["admission", "apply", PHARMACY, "门诊统筹", "--facts", "facts.json", "--on", "2026-11-20"];
        let (code, out, error) = ran(&folder, &[&apply[..], &["--by", "甲经办"], packs, &DEMO].concat());
        (code, format!("{out}{error}"))
    };
    let (code, told) = apply(&OTHERS);
    assert!(code == 1 && told.contains("ADMIT-PHARMACIST"), "{told}");
    let refuse = ["admission", "refuse", PHARMACY, "门诊统筹", "--why", "药师不足", "--by", "乙经办"];
    assert_eq!(ran(&folder, &[&refuse[..], &DEMO].concat()).0, 0);
    let (code, told) = apply(&[]);
    assert!(code == 0 && !told.contains("ADMIT-PHARMACIST"), "{told}");
    let notes = |packs: &[&str]| {
        let publish = ["publish", "prices", "--pool", "360900", "--json", "--date", "2026-11-20"];
        ran(&folder, &[&publish[..], packs, &DEMO].concat()).1
    };
    assert!(notes(&[]).contains("24小时内有进销存上传") && notes(&OTHERS).contains("36小时内有进销存上传"));
}
