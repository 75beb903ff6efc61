//! What a counter states in `exp_content` of 2102 and of its lines: read as what it says, or a defect that names it.

use serde_json::{Value as Json, json};

use super::{STATED_MAX, t2102};
use crate::commands::tests::{converted, full};
use crate::generated::Transaction::T2102;

/// What a counter states beyond the interface; other content of the field is not ours to read.
#[test]
fn exp_content_states_facts() {
    for (content, want) in [
        (
            json!(null),
            "Stated { print_time: None, psn_match_flag: None, face_score: None, psn_match_rea: None, media_ref: None, media_sm3: None, phar_duty_flag: None }",
        ),
        (
            json!("free words"),
            "Stated { print_time: None, psn_match_flag: None, face_score: None, psn_match_rea: None, media_ref: None, media_sm3: None, phar_duty_flag: None }",
        ),
        (
            json!("[1]"),
            "Stated { print_time: None, psn_match_flag: None, face_score: None, psn_match_rea: None, media_ref: None, media_sm3: None, phar_duty_flag: None }",
        ),
        (
            json!(
                r#"{"print_time":"2026-05-11 09:00:00","psn_match_flag":"1","media_ref":"CAM1","phar_duty_flag":"0","x":1}"#
            ),
            r#"Stated { print_time: Some(Moment(1778461200000000)), psn_match_flag: Some(true), face_score: None, psn_match_rea: None, media_ref: Some("CAM1"), media_sm3: None, phar_duty_flag: Some(false) }"#,
        ),
        (
            json!(r#"{"print_time":"","psn_match_flag":true,"media_ref":null,"phar_duty_flag":1}"#),
            "Stated { print_time: None, psn_match_flag: Some(true), face_score: None, psn_match_rea: None, media_ref: None, media_sm3: None, phar_duty_flag: Some(true) }",
        ),
    ] {
        let mut data = full(T2102);
        data["druginfo"]["exp_content"] = content.clone();
        let command = converted(T2102, &data, t2102).unwrap();
        assert_eq!(format!("{:?}", command.stated), want, "{content}");
    }
    let mut data = full(T2102);
    data["druginfo"]["exp_content"] = json!(r#"{"print_time":"yesterday"}"#);
    let defects = converted(T2102, &data, t2102).unwrap_err().to_string();
    assert!(defects.contains("druginfo.exp_content"), "{defects}");
    assert!(defects.contains("print_time"), "{defects}");
    let stated = |content: Json| {
        let mut data = full(T2102);
        data["druginfo"]["exp_content"] = json!(content.to_string());
        converted(T2102, &data, t2102).map(|command| command.stated)
    };
    let long = "长".repeat(STATED_MAX);
    for (name, wrong, right) in [
        ("face_score", json!(101), json!(100)),
        ("face_score", json!(-1), json!(0)),
        ("media_sm3", json!("ab"), json!("AB".repeat(32))),
        ("psn_match_rea", json!(format!("{long}长")), json!(long)),
        // A yes that is written otherwise is not a no.
        ("psn_match_flag", json!("是"), json!("1")),
        ("psn_match_flag", json!("Y"), json!(false)),
        ("phar_duty_flag", json!(2), json!("0")),
        ("phar_duty_flag", json!([true]), json!(true)),
        ("media_ref", json!({ "no": "CAM1" }), json!("CAM1")),
        ("print_time", json!(["2026-05-11 09:00:00"]), json!("2026-05-11 09:00:00")),
    ] {
        let defects = stated(json!({ name: wrong })).unwrap_err().to_string();
        assert!(defects.contains(name) && defects.contains("exp_content"), "{defects}");
        assert!(stated(json!({ name: right })).is_ok(), "{name}");
    }
    // All that is wrong is told at once.
    let defects = stated(json!({ "psn_match_flag": "是", "face_score": 101, "phar_duty_flag": "x" })).unwrap_err();
    assert_eq!(defects.count(), 3, "{defects}");
}

#[test]
fn a_flag_of_a_fee_line_is_yes_or_no() {
    // proves GX-2.2f: whoever charges for a delivery is not taken for one who charges for a drug
    let of_line = |name: &str, value: Json| {
        let mut data = full(T2102);
        data["drugdetail"][0][name] = value;
        converted(T2102, &data, t2102).map(|command| command.lines[0].clone())
    };
    let delivered = |content: &str| of_line("exp_content", json!(content)).map(|line| line.dlv_fee_flag);
    for (content, want) in [
        (r#"{"dlv_fee_flag":"1"}"#, true),
        (r#"{"dlv_fee_flag":true}"#, true),
        (r#"{"dlv_fee_flag":0}"#, false),
        (r#"{"dlv_fee_flag":""}"#, false),
        (r#"{"x":"是"}"#, false),
        ("配送", false),
    ] {
        assert_eq!(delivered(content).unwrap(), want, "{content}");
    }
    for content in [r#"{"dlv_fee_flag":"是"}"#, r#"{"dlv_fee_flag":2}"#, r#"{"dlv_fee_flag":{"is":1}}"#] {
        let defects = delivered(content).unwrap_err().to_string();
        assert!(defects.contains("drugdetail[1].exp_content") && defects.contains("dlv_fee_flag"), "{defects}");
    }
    for value in ["2", "Y", "是"] {
        let defects = of_line("rx_circ_flag", json!(value)).unwrap_err().to_string();
        assert!(defects.contains("rx_circ_flag"), "{defects}");
    }
}
