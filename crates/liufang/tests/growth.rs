//! `liufang bench growth` at a size that a test can wait for: both stores are filled, measured in turn, and sampled.

use std::process::Command;

use serde_json::Value;

#[test]
fn growth_is_measured_and_the_filled_store_passes_the_auditor() {
    let folder = std::env::temp_dir().join(format!("liufang-growth-{}", std::process::id()));
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
    std::fs::remove_dir_all(&folder).unwrap();
}
