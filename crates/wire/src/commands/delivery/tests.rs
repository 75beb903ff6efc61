//! What 7209 and 7210 state beyond the interface's fields, and where each field goes.

use expect_test::expect;
use serde_json::{Value as Json, json};

use super::{STATED_MAX, t7209, t7210};
use crate::commands::tests::{converted, full};
use crate::generated::Transaction::{T7209, T7210};

/// The fullest message, with these words in `extras`.
fn stated(extras: Json) -> Json {
    let mut data = full(T7209);
    data["extras"] = extras;
    data
}

#[test]
fn every_field_of_a_delivery_finds_its_place() {
    let sm3 = "AB".repeat(32);
    let data = stated(json!({
        "delv_way": "1", "dlv_fixmedins_code": "H36090200101", "hdov_name": "交接人", "delv_entp_lic_no": "L1",
        "delv_entp_lic_end": "2029-12-31", "cold_chain_flag": "1", "temp_rec_no": "T1", "temp_rec_sm3": sm3,
    }));
    let command = converted(T7209, &data, t7209).unwrap();
    expect![[r#"
        {
          "sheet": {
            "delv_no": "delv_no",
            "delv_way": "1",
            "to": {
              "delv_addr": "delv_addr",
              "delv_conner": "delv_conner",
              "delv_con_tel": "delv_con_tel",
              "dlv_fixmedins_code": "H36090200101"
            },
            "delv_dtce": 15000,
            "carrier": {
              "delv_entp_no": "delv_entp_no",
              "delv_entp_name": "delv_entp_name",
              "lic": {
                "delv_entp_lic_no": "L1",
                "delv_entp_lic_end": 21914
              }
            },
            "hdov_name": "交接人"
          },
          "delv_stas_codg": "0",
          "delv_stas_dscr": "delv_stas_dscr",
          "delv_stas_time": 1778461200000000,
          "delver": {
            "delver_name": "delver_name",
            "delver_cert": [
              "01",
              "delver_certno"
            ],
            "delver_tel": "delver_tel"
          },
          "place": {
            "delver_lng": "delver_lng",
            "delver_lat": "delver_lat",
            "delver_geo_type": "0"
          },
          "cold_chain": {
            "cold_chain": "yes",
            "temp_rec": {
              "temp_rec_no": "T1",
              "temp_rec_sm3": "abababababababababababababababababababababababababababababababab"
            }
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&command.step).unwrap());
}

#[test]
fn every_field_of_a_signature_finds_its_place() {
    let mut data = full(T7210);
    data["extras"] = json!({ "rcvr_name": "收货人", "rcvr_rltn": "配偶" });
    let command = converted(T7210, &data, t7210).unwrap();
    expect![[r#"
        {
          "delver": {
            "delver_name": "delver_name",
            "delver_cert": [
              "01",
              "delver_certno"
            ],
            "delver_tel": "delver_tel"
          },
          "rcvr": {
            "rcvr_name": "收货人",
            "rcvr_rltn": "配偶"
          },
          "delv_stas_time": 1778461200000000,
          "delv_stas_dscr": "delv_stas_dscr",
          "chk_way_codg": "1",
          "place": {
            "delver_lng": "delver_lng",
            "delver_lat": "delver_lat",
            "delver_geo_type": "0"
          },
          "cold_chain": {
            "cold_chain": "unsaid"
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&command.signed).unwrap());
}

#[test]
fn a_statement_that_cannot_be_read_is_a_defect() {
    let told = |extras: Json| converted(T7209, &stated(extras), t7209).map(|_| ()).unwrap_err().to_string();
    let long = "长".repeat(STATED_MAX + 1);
    let text = [
        json!({ "delv_way": "3" }),
        json!({ "dlv_fixmedins_code": "X" }),
        json!({ "hdov_name": long }),
        json!({ "delv_entp_lic_no": "L1" }),
        json!({ "delv_entp_lic_no": "L1", "delv_entp_lic_end": "2029-02-30" }),
        json!({ "cold_chain_flag": "是" }),
        json!({ "temp_rec_no": "T1" }),
        json!({ "temp_rec_no": "T1", "temp_rec_sm3": "ab" }),
        json!({ "cold_chain_flag": "0", "temp_rec_no": "T1", "temp_rec_sm3": "ab".repeat(32) }),
    ]
    .map(told)
    .join("\n");
    expect![[r#"
        报文有1处错误：extras（扩展数据）中的delv_way应为1（网订店取）或2（网订店送）
        报文有1处错误：extras（扩展数据）中的dlv_fixmedins_code格式应为H或P加11位数字
        报文有1处错误：extras（扩展数据）中的hdov_name超过50个字符
        报文有1处错误：extras（扩展数据）中的delv_entp_lic_no（资质编号）和delv_entp_lic_end（有效期止）应同时填写
        报文有1处错误：extras（扩展数据）中的delv_entp_lic_end不是yyyy-MM-dd格式的日期
        报文有1处错误：extras（扩展数据）中的cold_chain_flag应为1或0
        报文有1处错误：extras（扩展数据）中的temp_rec_no（温度记录编号）和temp_rec_sm3应同时填写
        报文有1处错误：extras（扩展数据）中的temp_rec_sm3应为64位十六进制的SM3
        报文有1处错误：extras（扩展数据）中的cold_chain_flag为0时，不应有温度记录"#]]
    .assert_eq(&text);
    assert!(converted(T7209, &stated(json!({ "hdov_name": "长".repeat(STATED_MAX) })), t7209).is_ok());
    // What is no object, or says nothing that we read, is the client's own.
    for own in [json!("x"), json!([1]), json!({ "delv_way": "" }), json!({ "a": { "delv_way": "9" } })] {
        assert!(converted(T7209, &stated(own), t7209).is_ok());
    }
}
