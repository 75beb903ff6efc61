//! `liufang bench growth` at a size that a test can wait for: both stores are filled, measured in turn, and sampled. Another
//! edition of the packs is tried on the filled store.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn growth_is_measured_and_the_filled_store_passes_the_auditor() {
    let folder = std::env::temp_dir().join(format!("liufang-growth-{}", std::process::id()));
    // A process of this number may have been killed before.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let liufang = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_liufang");
        Command::new(program).current_dir(&folder).args(arguments.split(' ')).output().unwrap()
    };
    let output = liufang("bench growth --base 20 --stored 60 --seconds 1 --rounds 1 --clients 2 --json");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {error}"));
    let ratio = report["p99_ratio"].as_f64().unwrap();
    // At this size the ratio is noise; what is promised is that the exit says what the report says.
    assert_eq!(output.status.code(), Some(i32::from(ratio > 1.5)), "{report:#}\n{error}");
    assert_eq!((&report["base"], &report["stored"]), (&20.into(), &60.into()));
    assert_eq!(report["sample_differences"], 0);
    let transactions = report["transactions"].as_object().unwrap();
    assert_eq!(transactions.len(), 9, "{report:#}");
    assert!(transactions.values().all(|row| row["stored_p99_ms"].as_f64() > Some(0.0)), "{report:#}");
    // What was cast is as whole as what was lived.
    let output = liufang("audit verify --database sqlite://var/bench/growth/stored/center.db --json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let audit: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(audit["prescriptions"].as_u64() >= Some(61), "{audit:#}");
    assert_eq!(liufang("bench growth --base 20 --stored 10").status.code(), Some(2));
    another_edition(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The same packs but one number, tried on the filled store: every prescription is read, and the settled money is summed.
fn another_edition(folder: &Path) {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law");
    let copied = Command::new("cp").arg("-r").arg(&packs).arg(folder.join("new")).status().unwrap();
    assert!(copied.success());
    let file = folder.join("new/360000/yd_mztc.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let three = "is = 3, cite = \"jx-2024-9 三（一）\", quote = \"电子处方流转有效期3天\"";
    assert!(text.contains(three));
    std::fs::write(&file, text.replace(three, &three.replace("is = 3", "is = 2"))).unwrap();
    let database = "sqlite://var/bench/growth/stored/center.db";
    let mut diff = Command::new(env!("CARGO_BIN_EXE_liufang"));
    diff.current_dir(folder).args(["law", "diff"]).arg(&packs).args(["new", "--json", "--database", database]);
    let output = diff.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |value: &Value| value.as_u64().unwrap();
    assert!(count(&report["replayed"]) >= 61, "{report:#}");
    assert_eq!(report["not_replayed"], 0, "{report:#}");
    // Days before the law was formalised are answered alike by both, and what both refuse has one reason more.
    let turned = &report["to_refused"];
    let differs = count(&turned["prescriptions"]) + count(&report["other_reasons"]);
    assert!(count(&turned["prescriptions"]) > 0 && differs < count(&report["replayed"]), "{report:#}");
    assert_eq!(report["by_provision"]["360000/rx.vali_days_max"]["prescriptions"], differs);
    assert!(count(&turned["settled"]) > 0 && count(&turned["medfee_fen"]) > 0, "{report:#}");
}
