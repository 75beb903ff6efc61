//! `liufang admission`: an application is judged with what the center knows, and an officer decides.

use super::{Folder, ran};

pub const PHARMACY: &str = "P36090200106";

/// What the pharmacy of the demo states, all of it good.
pub const STATED: &str = r#"{"pnlt_flag": false, "canc_flag": false, "psi_upld_flag": true, "psi_book_flag": true,
    "video_flag": true, "itnt_rx_flag": false, "hi_area_flag": true, "prom_pric_flag": true, "prom_out_flag": true}"#;

#[test]
fn a_pharmacy_applies_is_admitted_loses_it_and_must_wait() {
    // proves DG-2.1, JX-4.5.0
    let folder = Folder::new();
    let (code, _, err) = ran(&folder, &["demo", "--once"]);
    assert_eq!(code, 0, "{err}");
    std::fs::write(folder.join("facts.json"), STATED).unwrap();
    let admission = |more: &[&str]| {
        let (code, out, err) = ran(&folder, &[&["admission"], more].concat());
        (code, format!("{out}{err}"))
    };
    let apply = |facts: &str, on: &str| {
        admission(&["apply", PHARMACY, "门诊统筹", "--facts", facts, "--on", on, "--by", "甲经办"])
    };
    let say = |word: &str, more: &[&str]| {
        let fixed = [word, PHARMACY, "门诊统筹", "--why", "赣医保函1号", "--by", "乙经办"];
        admission(&[&fixed[..], more].concat())
    };
    assert_eq!(say("grant", &[]).0, 2, "nobody applied");
    let (code, told) = apply("facts.json", "2026-11-20");
    assert!(code == 0 && told.contains("申请已受理"), "{told}");
    assert!(apply("facts.json", "2026-11-20").1.contains("正在办理"));
    let (code, told) = say("grant", &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(say("cancel", &["--on", "2026-11-21"]).0, 0);
    std::fs::write(folder.join("no_canc.json"), STATED.replace("\"canc_flag\": false, ", "")).unwrap();
    let (code, told) = apply("facts.json", "2026-11-22");
    assert!(code == 2 && told.contains("ADM-07"), "it says that it never lost it: {told}");
    let (code, told) = apply("no_canc.json", "2026-11-22");
    assert!(code == 1 && told.contains("ADMIT-AGAIN"), "{told}");
    let (code, told) = say("grant", &["--checked"]);
    assert!(code == 2 && told.contains("不能批准"), "{told}");
    assert_eq!(say("refuse", &[]).0, 0);
    let (code, told) = admission(&["list", "--admdvs", "360900"]);
    assert!(code == 0 && told.contains("批准：赣医保函1号") && told.contains("取消：赣医保函1号"), "{told}");
    std::fs::write(folder.join("wrong.json"), "{\"psi_upld_flag\": 0.5}").unwrap();
    let (code, told) = apply("wrong.json", "2026-11-22");
    assert!(code == 2 && told.contains("ADM-08"), "{told}");
    let noted = |count: usize| format!("{{\"pnlt_rea\": \"{}\"}}", "字".repeat(count));
    std::fs::write(folder.join("long.json"), noted(201)).unwrap();
    let (code, told) = apply("long.json", "2026-11-22");
    assert!(code == 2 && told.contains("pnlt_rea: it has 201 characters, at most 200 are taken"), "{told}");
    std::fs::write(folder.join("long.json"), noted(200)).unwrap();
    assert!(apply("long.json", "2026-11-22").1.contains("ADM-08"), "not too long, but no fact of the law");
    for (more, said) in [(0, "申请已受理"), (1, "longer than 65536 bytes")] {
        let text = STATED.replace("\"canc_flag\": false, ", "");
        std::fs::write(folder.join("padded.json"), format!("{text}{}", " ".repeat(65_536 + more - text.len())))
            .unwrap();
        let (_, told) = apply("padded.json", "2026-11-22");
        assert!(told.contains(said), "{more}: {told}");
    }
    let long = "字".repeat(201);
    let (code, told) = admission(&["apply", PHARMACY, "门诊统筹", "--facts", "facts.json", "--by", &long]);
    assert!(code == 2 && told.contains("at most 200 are taken"), "{told}");
    let (code, told) = admission(&["apply", "H36090200101", "门特", "--facts", "facts.json", "--by", "甲"]);
    assert!(code == 2 && told.contains("no institution of this center for 门特"), "{told}");
    assert_eq!(admission(&["apply", PHARMACY, "别的", "--facts", "facts.json", "--by", "甲"]).0, 2);
}
