//! `archive`: exported for one institution, verified, and every change of the ZIP named.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::paper::demo;
use super::{Folder, ran};

const PHARMACY: &str = "P36090200106";
const HOSPITAL: &str = "H36090200101";

pub fn export(folder: &Folder, code: &str, out: &str, more: &[&str]) -> (i32, String, String) {
    let fixed = ["archive", "export", "--fixmedins-code", code, "--database", "sqlite://d/center.db", "--out", out];
    ran(folder, &[&fixed[..], more].concat())
}

/// A span that holds the demo's day wherever the test runs.
pub const ALL: [&str; 4] = ["--from", "2020-01-01", "--until", "2100-01-01"];

pub fn files(folder: &Folder, zip: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = std::fs::read(folder.join(zip)).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut body = Vec::new();
        file.read_to_end(&mut body).unwrap();
        files.push((file.name().unwrap().into_owned(), body));
    }
    files
}

fn write(folder: &Folder, zip: &str, files: &[(String, Vec<u8>)]) {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in files {
        out.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        out.write_all(body).unwrap();
    }
    std::fs::write(folder.join(zip), out.finish().unwrap().into_inner()).unwrap();
}

#[test]
fn an_institutions_archive_holds_its_own_verifies_and_betrays_every_change() {
    // proves HB-2.5, GX-3.7
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let (code, out, error) = export(&folder, PHARMACY, "p.zip", &ALL);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("1 record(s)"), "{out}");
    let (code, out, error) = export(&folder, HOSPITAL, "h.zip", &ALL);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("2 record(s)"), "{out}");
    let (pharmacys, hospitals) = (files(&folder, "p.zip"), files(&folder, "h.zip"));
    let of = |files: &[(String, Vec<u8>)], name: &str| {
        let path = format!("rx/{hi_rxno}/{name}");
        files.iter().find(|(found, _)| *found == path).map(|(_, body)| body.clone())
    };
    for part in ["prescription.pdf", "events.tsv", "signatures.json", "review.json", "sale.json"] {
        let copy = of(&hospitals, part);
        assert!(copy.is_some() && copy == of(&pharmacys, part), "{part}: copy and original are the same");
    }
    let settlements =
        |files: &[(String, Vec<u8>)]| files.iter().filter(|(name, _)| name.contains("/settlement-")).count();
    assert_eq!(
        (settlements(&pharmacys), settlements(&hospitals)),
        (4, 0),
        "a settlement, its reversal, a sheet of each"
    );
    let said = String::from_utf8(of(&pharmacys, "prescription.json").unwrap()).unwrap();
    assert!(said.contains("\"ec_token\":null") && said.contains("\"mdtrt_cert_no\":null"), "no credential in it");
    let verify = |file: &str| ran(&folder, &["archive", "verify", file]);
    assert_eq!((verify("p.zip").0, verify("h.zip").0, verify("d/archive.zip").0), (0, 0, 0));
    let path = format!("rx/{hi_rxno}/sale.json");
    let (at, _) = pharmacys.iter().enumerate().find(|(_, (name, _))| *name == path).unwrap();
    let mut changed = pharmacys.clone();
    changed[at].1[0] ^= 1;
    write(&folder, "changed.zip", &changed);
    let mut missing = pharmacys.clone();
    missing.remove(at);
    write(&folder, "missing.zip", &missing);
    let mut surplus = pharmacys.clone();
    surplus.push(("note.txt".to_owned(), b"x".to_vec()));
    write(&folder, "surplus.zip", &surplus);
    for (file, want) in [
        ("changed.zip", format!("不符：{path}")),
        ("missing.zip", format!("缺少：{path}")),
        ("surplus.zip", "多余：note.txt".to_owned()),
    ] {
        let (code, out, _) = verify(file);
        assert!(code == 1 && out.contains(&want), "{file}: {out}");
    }
    std::fs::write(folder.join("none.zip"), b"none").unwrap();
    assert_eq!(verify("none.zip").0, 2);
}

#[test]
fn an_export_is_of_its_time_and_institution_and_bound_to_the_platforms_key() {
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let (code, out, _) = export(&folder, PHARMACY, "e.zip", &["--from", "2020-01-01", "--until", "2020-02-01"]);
    assert!(code == 0 && out.contains("0 record(s)"), "{out}");
    assert_eq!(ran(&folder, &["archive", "verify", "e.zip"]).0, 0);
    let day = format!("{}-{}-{}", &hi_rxno[6..10], &hi_rxno[10..12], &hi_rxno[12..14]);
    let before = export(&folder, PHARMACY, "e.zip", &["--from", "2020-01-01", "--until", &day]);
    assert!(before.0 == 0 && before.1.contains("0 record(s)"), "{before:?}");
    assert_eq!(export(&folder, PHARMACY, "e.zip", &["--from", &day, "--until", &day]).0, 2);
    let (code, _, error) = export(&folder, "P36090299999", "e.zip", &ALL);
    assert!(code == 2 && error.contains("no pharmacy P36090299999"), "{error}");
    let (code, out, error) =
        export(&folder, PHARMACY, "s.zip", &[&ALL[..], &["--platform-key", "d/platform.key.toml"]].concat());
    assert_eq!(code, 0, "{error}");
    let sm3 = out.split("manifest SM3 ").nth(1).unwrap().trim();
    let (_, shown, _) = ran(&folder, &["keys", "show", "d/platform.key.toml"]);
    let key = shown.lines().find_map(|line| line.trim().strip_prefix("public_key")).unwrap().trim();
    let known = |sm3: &str, file: &str| {
        ran(&folder, &["archive", "verify", file, "--manifest-sm3", sm3, "--platform-public-key", key])
    };
    let (code, out, error) = known(sm3, "s.zip");
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(known(&"0".repeat(64), "s.zip").0, 1);
    let (code, out, _) = known(sm3, "e.zip");
    assert!(code == 1 && out.contains("清单签名缺失或不符"), "{out}");
    assert_eq!(known("x", "s.zip").0, 2);
}

#[test]
fn a_prescription_is_locked_until_its_years_are_over() {
    // proves HB-1.16
    let folder = Folder::new();
    let hi_rxno = demo(&folder);
    let (year, rest) = (hi_rxno[6..10].parse::<i32>().unwrap(), format!("-{}-{}", &hi_rxno[10..12], &hi_rxno[12..14]));
    let keep = |on: &str| {
        ran(&folder, &["archive", "keep", "--hi-rxno", &hi_rxno, "--on", on, "--database", "sqlite://d/center.db"])
    };
    let (code, out, error) = keep(&format!("{year}{rest}"));
    assert!(code == 1 && out.contains("至少2年") && out.contains("360000/archive.years"), "{out}{error}");
    assert_eq!(keep(&format!("{}-12-31", year + 2)).0, 0);
}

#[test]
fn a_paper_that_was_handed_in_is_locked_until_its_years_are_over() {
    // proves HB-2.6
    let folder = Folder::new();
    demo(&folder);
    let archive = |more: &[&str]| {
        let (code, out, error) = ran(&folder, &[&["archive"], more, &["--database", "sqlite://d/center.db"]].concat());
        (code, format!("{out}{error}"))
    };
    // The same number by two pharmacies, the later day with the second.
    for (batch, code, day) in [("1", PHARMACY, "2024-11-20"), ("2", "P36090200259", "2024-11-25")] {
        let head = "fixmedins_code,paper_no,prsc_date,dr_code,dr_sign_flag,seal_flag\n";
        let row = format!("{HOSPITAL},5,{day},D360902000001,1,1\n{HOSPITAL},6,2023-01-01,D360902000001,1,1\n");
        std::fs::write(folder.join("b.csv"), format!("{head}{row}")).unwrap();
        let (code, told) = archive(&["paper", "submit", "--fixmedins-code", code, "--batch", batch, "b.csv"]);
        assert_eq!(code, 1, "of no range: {told}");
    }
    let keep = |number: &str, more: &[&str]| {
        archive(&[&["keep", "--paper-fixmedins-code", HOSPITAL, "--paper-no", number], more].concat())
    };
    let (code, told) = keep("5", &["--on", "2026-11-24"]);
    assert!(code == 1 && told.contains("ARC-KEEP-01"), "{told}");
    for want in [
        "2024-11-25开具",
        "批次P36090200106/1，批次P36090200259/2",
        "保存至 2026-11-25（至少2年）",
        "360000/archive.years",
    ] {
        assert!(told.contains(want), "{want}: {told}");
    }
    assert_eq!(keep("5", &["--on", "2026-11-25"]).0, 0);
    assert_eq!(keep("000000000005", &["--on", "2026-11-25", "--rx-type-code", "7"]).0, 1, "narcotics are kept longer");
    let (code, told) = keep("6", &["--on", "2026-11-25"]);
    assert!(code == 0 && told.contains("至少1年"), "by the law of its day: {told}");
    let (code, told) = keep("7", &[]);
    assert!(code == 2 && told.contains("no paper prescription"), "{told}");
    let rx = lf_vocab::HiRxno::new("360900".parse().unwrap(), "2020-01-01".parse().unwrap(), 1).unwrap();
    let rx = rx.as_str();
    for wrong in [&["--hi-rxno", rx][..], &["--rx-type-code", "12"]] {
        assert_eq!(keep("5", wrong).0, 2, "{wrong:?}");
    }
    assert_eq!(archive(&["keep", "--paper-no", "5"]).0, 2, "of which institution?");
    let (code, told) = archive(&["keep"]);
    assert!(code == 2 && told.contains("--hi-rxno <N>|--paper-no <N>"), "{told}");
    let (code, told) = archive(&["keep", "--hi-rxno", rx]);
    assert!(code == 2 && told.contains("no prescription"), "{told}");
    assert_eq!(archive(&["keep", "--hi-rxno", rx, "--rx-type-code", "7"]).0, 2);
}

#[test]
fn how_long_a_paper_may_wait_is_asked_of_who_hands_it_in() {
    let folder = Folder::new();
    demo(&folder);
    let report = |code: &str, waits: &[&str]| {
        let report = ["archive", "paper", "report", "--database", "sqlite://d/center.db", "--fixmedins-code", code];
        ran(&folder, &[&report[..], waits].concat())
    };
    assert_eq!(report(PHARMACY, &["--age-days=-1"]).0, 2);
    let waits = ["--age-days", "0", "--from", "2026-11-01"];
    let (code, out, error) = report(PHARMACY, &waits);
    assert!(code == 0 && !out.contains("未提交"), "it settled none: {out}{error}");
    for of_pharmacies in waits.chunks(2) {
        let (code, _, error) = report(HOSPITAL, of_pharmacies);
        assert!(code == 2 && error.contains("are of a pharmacy"), "{error}");
    }
}

#[test]
fn an_institution_that_is_not_there_has_no_clean_report() {
    let folder = Folder::new();
    demo(&folder);
    let archive = |more: &[&str]| {
        let (code, out, error) = ran(&folder, &[&["archive"], more, &["--database", "sqlite://d/center.db"]].concat());
        (code, format!("{out}{error}"))
    };
    let unsigned = |code: &str, from: &str, until: &str| {
        archive(&["unsigned", "--fixmedins-code", code, "--from", from, "--until", until])
    };
    let report = |code: &str| archive(&["paper", "report", "--fixmedins-code", code]);
    let (code, told) = unsigned(PHARMACY, "2020-01-01", "2020-01-02");
    assert!(code == 0 && told.contains("0 settlement(s)"), "{told}");
    assert_eq!((report(PHARMACY).0, report(HOSPITAL).0), (0, 0));
    for ((code, told), why) in [
        (unsigned("P36090299999", "2020-01-01", "2100-01-01"), "no pharmacy P36090299999"),
        (unsigned(HOSPITAL, "2020-01-01", "2100-01-01"), "is no pharmacy"),
        (unsigned(PHARMACY, "2020-01-01", "2020-01-01"), "--until must lie after --from"),
        (unsigned(PHARMACY, "2020-01-02", "2020-01-01"), "--until must lie after --from"),
        (report("P36090299999"), "no pharmacy P36090299999"),
        (report("H36090299999"), "no institution H36090299999"),
    ] {
        assert!(code == 2 && told.contains(why), "{why}: {told}");
    }
    // One that is not registered, of which papers came nevertheless.
    let row = "fixmedins_code,paper_no,prsc_date,dr_code,dr_sign_flag,seal_flag\nH36090299999,1,2026-11-20,D360902000001,1,1\n";
    std::fs::write(folder.join("b.csv"), row).unwrap();
    let submit = ["paper", "submit", "--fixmedins-code", PHARMACY, "--batch", "1", "b.csv"];
    assert_eq!(archive(&submit).0, 1, "of no range");
    let (code, told) = report("H36090299999");
    assert!(code == 1 && told.contains("号段外：000000000001"), "{told}");
}

#[test]
fn paper_numbers_are_taken_in_and_gaps_doubles_and_missing_seals_are_told() {
    // proves HB-1.17, HB-2.6
    let folder = Folder::new();
    demo(&folder);
    let paper = |more: &[&str]| {
        let fixed = ["archive", "paper", "--database", "sqlite://d/center.db"];
        ran(&folder, &[&fixed[..], more].concat())
    };
    let range =
        |first: &str, last: &str| paper(&["range", "--fixmedins-code", HOSPITAL, "--first", first, "--last", last]);
    assert_eq!((range("1", "100").0, range("101", "200").0), (0, 0));
    let (code, out, _) = range("200", "300");
    assert!(code == 1 && out.contains("重叠"), "{out}");
    assert_eq!((range("9", "8").0, range("0", "8").0), (2, 2));
    let submit = |batch: &str, code: &str, rows: &[&str]| {
        let head = "fixmedins_code,paper_no,prsc_date,dr_code,dr_sign_flag,seal_flag\n";
        std::fs::write(folder.join("b.csv"), format!("{head}{}\n", rows.join("\n"))).unwrap();
        paper(&["submit", "--fixmedins-code", code, "--batch", batch, "b.csv"])
    };
    let row = |number: u64, flags: &str| format!("{HOSPITAL},{number},2026-11-20,D360902000001,{flags}");
    let rows = [row(1, "1,1"), row(2, "1,1"), row(5, "1,1")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (code, out, error) = submit("2026-11", PHARMACY, &rows);
    assert!(code == 0 && out.contains("3张"), "{out}{error}");
    let (code, out, _) = submit("2026-11", PHARMACY, &rows);
    assert!(code == 0 && out.contains("内容相同"), "{out}");
    let (code, out, _) = submit("2026-11", PHARMACY, &rows[..2]);
    assert!(code == 1 && out.contains("不予接收"), "{out}");
    let rows = [row(5, "1,1"), row(7, "0,1"), row(8, "1,0"), row(999, "1,1"), row(7, "0,1")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let (code, out, _) = submit("2026-12", PHARMACY, &rows);
    assert_eq!(code, 1);
    for want in [
        "重号：H36090200101 000000000005 已由 P36090200106/2026-11 提交",
        "重号：H36090200101 000000000007 已由 P36090200106/2026-12 提交",
        "无医师签名：H36090200101 000000000007",
        "无外配处方专用章：H36090200101 000000000008",
        "号段外：H36090200101 000000000999",
    ] {
        assert!(out.contains(want), "{want}\n{out}");
    }
    let (code, out, _) = paper(&["report", "--fixmedins-code", HOSPITAL]);
    assert_eq!(code, 1);
    for want in [
        "已收到6号",
        "缺号：000000000003–000000000004（2张）",
        "缺号：000000000006（1张）",
        "重号：000000000005（2次：P36090200106/2026-11，P36090200106/2026-12）",
        "号段外：000000000999",
        "未用或未交：000000000009–000000000100（92张）",
    ] {
        assert!(out.contains(want), "{want}\n{out}");
    }
    let (code, out, _) = paper(&["report", "--fixmedins-code", PHARMACY]);
    assert!(code == 0 && out.contains("已提交2批") && out.contains("2026-12"), "{out}");
    for (bad, want) in [
        (format!("{PHARMACY},1,2026-11-20,D360902000001,1,1"), "row 2: fixmedins_code"),
        (row(0, "1,1"), "row 2: paper_no"),
        (row(1, "yes,1"), "row 2: dr_sign_flag"),
        (row(1, "1"), "row 2: seal_flag"),
    ] {
        let (code, _, error) = submit("x", PHARMACY, &[&bad]);
        assert!(code == 2 && error.contains(want), "{error}");
    }
    assert_eq!(submit("../x", PHARMACY, &rows).0, 2);
    assert_eq!(submit("x", "P36090299999", &rows).0, 2);
    assert_eq!(ran(&folder, &["audit", "verify", "--database", "sqlite://d/center.db"]).0, 0);
}

#[test]
fn a_batch_has_its_limit() {
    let folder = Folder::new();
    demo(&folder);
    let submit = |count: usize| {
        let row = |number: usize| format!("{HOSPITAL},{number},2026-11-20,D360902000001,1,1\n");
        let rows: String = (1..=count).map(row).collect();
        let head = "fixmedins_code,paper_no,prsc_date,dr_code,dr_sign_flag,seal_flag\n";
        std::fs::write(folder.join("b.csv"), format!("{head}{rows}")).unwrap();
        let database = "sqlite://d/center.db";
        let batch = count.to_string();
        ran(
            &folder,
            &[
                "archive",
                "paper",
                "submit",
                "--database",
                database,
                "--fixmedins-code",
                PHARMACY,
                "--batch",
                &batch,
                "b.csv",
            ],
        )
    };
    let (code, out, error) = submit(2_000);
    assert!(code == 1 && out.contains("2000张"), "taken in, all of no range: {out:.200}{error}");
    let (code, _, error) = submit(2_001);
    assert!(code == 2 && error.contains("1 to 2000"), "{error}");
}

/// Ten officers at once, each with a range that overlaps all the others': one is entered.
#[test]
fn of_ranges_entered_at_once_none_overlap() {
    let folder = Folder::new();
    demo(&folder);
    let range = |first: u32| {
        let range = ["archive", "paper", "--database", "sqlite://d/center.db", "range", "--fixmedins-code", HOSPITAL];
        ran(&folder, &[&range[..], &["--first", &first.to_string(), "--last", "1100"]].concat()).0
    };
    let entered = std::thread::scope(|scope| {
        let all: Vec<_> = (1_000..1_010).map(|first| scope.spawn(move || range(first))).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|code| *code == 0).count()
    });
    assert_eq!(entered, 1);
}
