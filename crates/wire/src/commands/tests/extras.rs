//! What is stated in the free fields of 7101 and 7103.

use expect_test::expect;
use lf_center::t7101_precheck::Command;
use serde_json::{Value as Json, json};

use super::{converted, least};
use crate::commands;
use crate::defect::Defects;
use crate::generated::Transaction::{T7101, T7103};

/// 7101 with these free fields of drug and visit.
fn put(line: Json, visit: Json) -> Result<Command, Defects> {
    let mut data = least(T7101);
    data["rxdrugdetail"][0]["extras"] = line;
    data["mdtrtinfo"]["extras"] = visit;
    converted(T7101, &data, commands::t7101)
}

/// A visit with both times and one statement.
fn said(name: &str, text: &str) -> Json {
    let mut visit = json!({ "itnt_begntime": "2026-05-11 09:00:00", "itnt_endtime": "2026-05-11 09:10:00" });
    visit[name] = json!(text);
    visit
}

/// What a doctor states in the free fields of 7101; other content is the client's own.
#[test]
fn extras_of_7101_state_facts() {
    // proves JX-4.1.2
    let told = |line: Json, visit: Json| {
        let command = put(line, visit).unwrap();
        assert_eq!(commands::stated_in(&command.content), command.stated, "what is kept says the same again");
        format!("{:?}", command.stated)
    };
    let nothing = "Stated { flags: [], texts: [], consultation: None, session: None, itnt_phar_code: None, lines: [StatedLine { flags: [], dspo: None }] }";
    for (line, visit) in [
        (json!(null), json!(null)),
        (json!({}), json!({ "local": { "dspo_way": "1" } })),
        (json!({ "dspo_way": "", "dspo_way_rea": "无方式" }), json!({ "long_eval_flag": "" })),
    ] {
        assert_eq!(told(line, visit), nothing);
    }
    expect![[r#"Stated { flags: [("extd_days_rea_flag", true), ("tmp_buy_flag", false)], texts: [], consultation: Some(Consultation { fstdiag: false, drug_his: true, algs_his: false, symp: true }), session: None, itnt_phar_code: None, lines: [StatedLine { flags: [("self_cnst_flag", true)], dspo: Some(Dspo { dspo_way: GoOn, dspo_way_rea: Some("男性乳腺癌") }) }] }"#]]
    .assert_eq(&told(
        json!({ "dspo_way": 1, "dspo_way_rea": "男性乳腺癌", "self_cnst_flag": true, "x": [1] }),
        json!({
            "tmp_buy_flag": "0", "extd_days_rea_flag": "1", "itnt_drug_his": "缬沙坦", "itnt_symp": "头晕",
            "itnt_algs_his": " "
        }),
    ));
    expect![[r#"Stated { flags: [], texts: [("out_rea", "1"), ("tmp_buy_no", "LC202611001")], consultation: None, session: Some(Session { begntime: Moment(1778461200000000), endtime: Moment(1778547600000000) }), itnt_phar_code: Some(P36090200101), lines: [StatedLine { flags: [], dspo: None }] }"#]]
    .assert_eq(&told(
        json!({}),
        json!({
            "out_rea": 1, "tmp_buy_no": " LC202611001 ", "tmp_buy_rea": " ", "itnt_phar_code": "P36090200101",
            "itnt_begntime": "2026-05-11 09:00:00", "itnt_endtime": "2026-05-12 09:00:00"
        }),
    ));
    let most = "案".repeat(100);
    assert!(told(json!({}), said("tmp_buy_rea", &most)).contains(&most), "a hundred are stated");
    let most_code = "A-1_2/3.90".repeat(10);
    assert!(told(json!({}), said("tmp_buy_no", &most_code)).contains(&most_code), "of all signs of a code");
}

/// What is no word, no number or too long is told by its name.
#[test]
fn what_extras_of_7101_state_amiss_is_told() {
    let most = "案".repeat(100);
    for (line, visit, told) in [
        (json!({}), said("tmp_buy_rea", &format!("{most}多")), "tmp_buy_rea最长100个字"),
        (json!({}), said("out_rea", "患者要求"), "中的out_rea应为代码或编号"),
        (json!({}), said("tmp_buy_no", "张三 LC1"), "中的tmp_buy_no应为代码或编号"),
        (json!({}), said("tmp_buy_no", &"1".repeat(101)), "tmp_buy_no最长100个字"),
        (json!({}), said("itnt_endtime", "2026-05-11 09:00:00"), "itnt_endtime"),
        (json!({}), said("itnt_endtime", "2026-05-12 09:00:01"), "不超过24小时"),
        (json!({}), said("itnt_endtime", ""), "itnt_begntime"),
        (json!({}), said("itnt_begntime", "九点"), "itnt_begntime"),
        (json!({}), said("itnt_phar_code", "H36090200001"), "itnt_phar_code"),
        (json!({ "dspo_way": "1" }), json!({}), "dspo_way_rea"),
        (json!({ "dspo_way": "3", "dspo_way_rea": "a" }), json!({}), "dspo_way"),
        (json!({ "self_cnst_flag": "是" }), json!({}), "self_cnst_flag"),
        (json!({}), json!({ "long_eval_flag": "x" }), "long_eval_flag"),
        // A list or an object where a word stands is no word, and never passes for nothing said.
        (json!({}), json!({ "long_eval_flag": [true] }), "中的long_eval_flag应为文字或数字"),
        (json!({ "self_cnst_flag": [true] }), json!({}), "中的self_cnst_flag应为文字或数字"),
        (json!({ "dspo_way": { "code": "1" } }), json!({}), "中的dspo_way应为文字或数字"),
        (json!({ "dspo_way_rea": ["a"] }), json!({}), "中的dspo_way_rea应为文字或数字"),
        (json!({}), json!({ "itnt_symp": ["头晕"] }), "中的itnt_symp应为文字或数字"),
        (json!({}), json!({ "tmp_buy_no": ["1"] }), "中的tmp_buy_no应为文字或数字"),
        (json!({}), said("itnt_phar_code", "P1"), "中的itnt_phar_code应为定点零售药店编号"),
    ] {
        let defects = put(line, visit).unwrap_err().to_string();
        assert!(defects.contains("extras") && defects.contains(told), "{defects}");
    }
}

/// What an earlier edition let pass counts as not stated, and what stands beside it as it is; a message is told of each.
#[test]
fn one_unreadable_statement_hides_no_other() {
    let mut data = least(T7101);
    data["mdtrtinfo"]["extras"] = json!({ "psn_agre_flag": "1", "long_psn_conf_flag": "0" });
    let mut content = converted(T7101, &data, commands::t7101).unwrap().content;
    let unreadable = json!({
        "psn_agre_flag": "1", "long_eval_flag": [true], "tmp_buy_flag": "x", "out_rea": ["1"], "tmp_buy_no": "1",
        "itnt_symp": {"a": 1}, "itnt_drug_his": "无",
    });
    content.mdtrtinfo.extras = Some(unreadable.to_string());
    let stated = commands::stated_in(&content);
    assert_eq!(stated.flags, [("psn_agre_flag", true)]);
    assert_eq!(stated.texts, [("tmp_buy_no", "1".to_owned())]);
    assert!(stated.consultation.is_some_and(|record| record.drug_his && !record.symp));
    data["mdtrtinfo"]["extras"] = unreadable;
    let defects = converted(T7101, &data, commands::t7101).unwrap_err().to_string();
    for name in ["long_eval_flag", "tmp_buy_flag", "out_rea", "itnt_symp"] {
        assert!(defects.contains(&format!("中的{name}应为")), "{name}: {defects}");
    }
}

/// With the upload, consent and choice may be stated again.
#[test]
fn extras_of_7103_state_facts() {
    // proves JX-3.2b
    let put = |extras: Json| {
        let mut data = least(T7103);
        data["extras"] = extras;
        converted(T7103, &data, commands::t7103)
    };
    let told = |extras: Json| put(extras).unwrap().flags;
    for nothing in [json!(null), json!({}), json!({ "long_eval_flag": "1", "x": { "psn_agre_flag": "1" } })] {
        assert_eq!(told(nothing), []);
    }
    let agreed = json!({ "psn_agre_flag": "1", "phar_preset_flag": false });
    assert_eq!(told(agreed), [("psn_agre_flag", true), ("phar_preset_flag", false)]);
    // In the table's order, whatever the message's.
    let outside = json!({ "out_rule_flag": "1", "out_rea_drg_flag": "0" });
    assert_eq!(told(outside), [("out_rea_drg_flag", false), ("out_rule_flag", true)]);
    for unreadable in [json!("同意"), json!([true]), json!({ "said": "1" })] {
        let defects = put(json!({ "psn_agre_flag": unreadable })).unwrap_err().to_string();
        assert!(defects.contains("extras") && defects.contains("psn_agre_flag"), "{defects}");
    }
}
