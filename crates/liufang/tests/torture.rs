//! `liufang torture` in small, on both databases. `docs/performance.md` has the large runs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// A folder near the root, because a socket's path is short; gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lf-torture-{}-{name}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The report of a run in which the center kept its word.
fn tortured(name: &str, args: &[&str]) -> Value {
    let folder = Folder::new(name);
    let output = Command::new(env!("CARGO_BIN_EXE_liufang"))
        .arg("torture")
        .args(args)
        .arg("--json")
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["faults"], Value::Array(Vec::new()));
    report
}

fn number(report: &Value, pointer: &str) -> u64 {
    report.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {pointer} in {report}"))
}

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    let report = tortured("kills", &["--kills", "3", "--clients", "8"]);
    assert_eq!((report["database"].as_str(), number(&report, "/kills")), (Some("sqlite"), 3));
    let acknowledged = number(&report, "/acknowledged");
    assert!(acknowledged > 0 && number(&report, "/questions") > acknowledged, "{report}");
}

#[test]
fn nothing_acknowledged_is_lost_on_postgres() {
    let args = ["--kills", "3", "--postgres-kills", "1", "--cluster", "--processes", "2", "--clients", "8"];
    let report = tortured("postgres", &args);
    let kills = (number(&report, "/kills"), number(&report, "/postgres_kills"));
    assert_eq!((report["database"].as_str(), kills), (Some("postgres"), (3, 1)));
    let acknowledged = number(&report, "/acknowledged");
    assert!(acknowledged > 0 && number(&report, "/questions") > acknowledged, "{report}");
}

/// Six races a round; in three all hear one answer, in two half of them win, in one a single one does.
fn raced(report: &Value) {
    assert_eq!((number(report, "/races"), number(report, "/messages")), (30, 480));
    for (race, won, lost) in [
        ("7101 same message", 80, 0),
        ("7204 two of one batch", 40, 40),
        ("7204 token of another", 40, 40),
        ("7207 one trace code", 40, 40),
        ("2102 same message", 80, 0),
        ("2102 other content", 5, 75),
    ] {
        let sums = &report["by_race"][race];
        assert_eq!((number(sums, "/won"), number(sums, "/lost")), (won, lost), "{race}: {report}");
    }
}

#[test]
fn one_wins_every_race_on_sqlite() {
    raced(&tortured("races", &["races", "--rounds", "5", "--clients", "16", "--processes", "2"]));
}

#[test]
fn one_wins_every_race_on_postgres() {
    raced(&tortured("races-pg", &["races", "--rounds", "5", "--clients", "16", "--processes", "2", "--cluster"]));
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = Folder::new("refused");
    for args in [
        &["--postgres-kills", "1"][..],
        &["--cluster", "--database", "postgres://x@y/z"],
        &["--processes", "3"],
        &["--processes", "0"],
        &["--clients", "0"],
        &["--clients", "1001"],
        &["--kills", "1", "races"],
        &["races", "--clients", "1"],
        &["races", "--rounds", "0"],
    ] {
        let ran = Command::new(env!("CARGO_BIN_EXE_liufang")).arg("torture").args(args).current_dir(&folder.0).output();
        assert_eq!(ran.unwrap().status.code(), Some(2), "{args:?}");
    }
    assert!(!folder.0.join("var").exists(), "nothing was begun");
}

#[test]
fn a_thousand_days_of_the_counter_differ_in_no_fen_and_no_box() {
    let folder = Folder::new("counter");
    let args = ["torture", "counter", "--days", "1000", "--threads", "3", "--seed", "5", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&folder.0).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), number(&report, "/report/days")), (Some(0), 1_000), "{report}");
    assert!(number(&report, "/report/differences") == 0 && number(&report, "/report/settlements") > 1_000, "{report}");
    assert!(number(&report, "/report/boxes_sold") > 500 && number(&report, "/report/bad_moves") > 100, "{report}");
}
