//! `liufang claim`: 零星报销 as an officer meets it, over the demo's database.

use serde_json::Value;

use super::{Folder, ran};

/// A place where claims are known: the demo's has none, so the packs are given one, with ten days until a decision.
const CLAIMS: &str = "
[[provision]]
id = \"claim.route\"
title = \"例\"
gate = \"claim\"
quantity = \"text\"
reckoned = \"stoout_time\"
violated_if = { appy_iss_flag = false }
severity = \"refuse\"
field = \"appy_iss_flag\"
code = \"CLAIM-ROUTE\"
sentence = \"请到开方机构{fixmedins_code}办理。\"
absent = \"refuse\"
absent_sentence = \"没有写明。\"
value = [{ from = 2025-01-01, is = \"issuer\", cite = \"Q-例\", confidence = \"assumed\" }]

[[provision]]
id = \"claim.accept_days\"
title = \"例\"
gate = \"claim\"
quantity = \"days\"
reckoned = \"stoout_time\"
value = [{ from = 2025-01-01, is = 10, cite = \"Q-例\", confidence = \"assumed\" }]
";

fn facts(hosp_rxno: &str, invo_no: &str, to: &str) -> String {
    format!(
        r#"{{ "psn_no": "36090000002024000213", "appy_fixmedins_code": "{to}",
        "rx": {{ "fixmedins_code": "H36090200101", "hosp_rxno": "{hosp_rxno}", "prsc_date": "2026-11-18", "vali_days": 3,
            "med_type": "11", "rxdrugdetail": [{{ "med_list_codg": "XC09CAX903E001010199901", "packs": "40" }}] }},
        "phar_fixmedins_code": "P36090200106", "invo_date": "2026-11-19", "medfee_sumamt": "616.00",
        "drugdetail": [{{ "med_list_codg": "XC09CAX903E001010199901", "cnt": "40", "pric": "15.40",
            "det_item_fee_sumamt": "616.00" }}],
        "invoices": [{{ "invo_code": null, "invo_no": "{invo_no}" }}] }}"#
    )
}

/// Facts with what is no invoice number, and with what is no 门诊住院标识.
fn malformed(folder: &Folder) {
    for (name, invo_no, paper) in
        [("3.json", "0003", ""), ("4.json", "26360000000000000004", "\"otp_ipt_flag\": \"3\", ")]
    {
        let facts = facts("CF3", invo_no, "H36090200101").replace("\"prsc_date\"", &format!("{paper}\"prsc_date\""));
        std::fs::write(folder.join(name), facts).unwrap();
    }
}

/// What belongs to the other decision is not dropped.
fn undivided(claim: &dyn Fn(&[&str]) -> (i32, String), no: &[&str]) {
    let yes = ["decide", "L1", "--approve"];
    let both = ["--why", "应到开方机构办理", "--article", "某通知一"];
    for mixed in [[&yes[..], &both].concat(), [&yes[..], &both[..2]].concat(), [&yes[..], &both[2..]].concat()] {
        let (code, told) = claim(&mixed);
        assert!(code == 2 && told.contains("cannot be used with"), "{mixed:?}: {told}");
    }
    let (code, told) = claim(&[no, &["--looked-into", "已核对"]].concat());
    assert!(code == 2 && told.contains("cannot be used with"), "{told}");
}

#[test]
fn an_officer_takes_a_claim_in_decides_pays_and_sees_what_waits() {
    // proves DG-3.1c, DG-4.5b
    let folder = Folder::new();
    let (code, _, err) = ran(&folder, &["demo", "--once"]);
    assert_eq!(code, 0, "{err}");
    let pack = super::law::packs(&folder, "law").join("360900/zf.toml");
    std::fs::write(&pack, std::fs::read_to_string(&pack).unwrap() + CLAIMS).unwrap();
    for (name, text) in [("处方.jpg", "a"), ("发票.pdf", "b"), ("清单.pdf", "c")] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::write(folder.join("1.json"), facts("CF1", "26360000000000000001", "H36090200101")).unwrap();
    std::fs::write(folder.join("2.json"), facts("CF2", "26360000000000000002", "H36090200218")).unwrap();
    let base = ["--database", "sqlite://var/demo/center.db", "--poolarea-no", "360900"];
    let claim = |args: &[&str]| {
        let (code, out, err) = ran(&folder, &[&["claim"], args, &base[..], &["--packs", "law"]].concat());
        (code, format!("{out}{err}"))
    };
    let by = ["--by", "甲经办"];
    let add = |no: &str, facts: &str, papers: &[&str]| claim(&[&["add", no, "--facts", facts], papers, &by].concat());
    let all = ["--paper", "处方=处方.jpg", "--paper", "发票=发票.pdf", "--paper", "清单=清单.pdf"];
    let (code, told) = add("L1", "1.json", &all);
    assert!(code == 0 && told.contains("已受理") && told.contains("发票 发票.pdf SM3 "), "{told}");
    let (code, told) = add("L2", "1.json", &all);
    assert!(code == 2 && told.contains("CLM-13"), "{told}");
    malformed(&folder);
    assert!(add("L3", "3.json", &all).1.contains("发票号码应为20位数字"));
    assert!(add("L3", "4.json", &all).1.contains("otp_ipt_flag"));
    assert!(add("L3", "2.json", &["--paper", "收据=发票.pdf"]).1.contains("处方, 发票, 清单"));
    assert_eq!(add("L3", "2.json", &all[..2]).0, 0);
    let (code, told) = claim(&[&["check", "L3"], &by[..]].concat());
    assert!(code == 1 && told.contains("CLAIM-ROUTE"), "{told}");
    let (code, told) = claim(&[&["decide", "L3", "--approve"], &by[..]].concat());
    assert!(code == 2 && told.contains("CLM-04"), "{told}");
    let no = ["decide", "L3", "--refuse", "--article", "某通知一", "--why", "应到开方机构办理"];
    let (code, told) = claim(&[&no[..], &by].concat());
    assert!(code == 0 && told.contains("不予报销：应到开方机构办理（依据：某通知一）"), "{told}");
    let (code, told) = claim(&[&["check", "L1"], &by[..]].concat());
    assert!(code == 0 && told.contains("按现在核定：医疗费616.00元"), "{told}");
    assert_eq!(claim(&["ageing"]).0, 0, "nothing waits for long");
    let (code, told) = claim(&["ageing", "--on", "2099-01-01"]);
    assert!(code == 1 && told.contains("规定10天，已超期") && told.contains("待办1笔，超过期限1笔"), "{told}");
    undivided(&|args| claim(&[args, &by].concat()), &no);
    let (code, told) = claim(&[&["decide", "L1", "--approve", "--json"], &by[..]].concat());
    let row: Value = serde_json::from_str(&told).unwrap();
    let fund = row["steps"][1]["did"]["approved"]["shares"]["fund_pay_sumamt"].as_str().unwrap().to_owned();
    assert!(code == 0 && row["stas"] == "approved" && fund != "0.00", "{told}");
    let (code, told) = claim(&["ageing", "--on", "2099-01-01"]);
    assert!(code == 0 && told.contains("已核定"), "no days are named until it is paid: {told}");
    assert_eq!(claim(&["ageing", "--on", "2099-01-01", "--target", "30"]).0, 1);
    assert_eq!(claim(&["ageing", "--on", "2099-01-01", "--target=-3"]).0, 2, "no such number of days");
    assert_eq!(claim(&[&["pay", "L1", "--voucher", "PZ1"], &by[..]].concat()).0, 0);
    let (code, told) = claim(&["ageing", "--json"]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert!(code == 0 && report["took"]["paid"]["cnt"] == 1 && report["open"].as_array().unwrap().is_empty(), "{told}");
    let (code, told) = claim(&["list", "--state", "paid"]);
    assert!(code == 0 && told.contains("L1") && !told.contains("L3"), "{told}");
    let (_, told) = claim(&["show", "L1"]);
    assert!(told.contains("拨付：凭证PZ1") && told.contains(&format!("基金支付{fund}元")), "{told}");
    let verify = || ran(&folder, &["audit", "verify", "--database", "sqlite://var/demo/center.db"]);
    let (code, out, err) = verify();
    assert!(code == 0 && out.contains("零星报销2笔"), "{out}{err}");
    let undo = ["undo", "L1", "--why", "重复"];
    let (code, told) = claim(&[&undo[..], &by].concat());
    assert!(code == 2 && told.contains("退款凭证"), "{told}");
    assert_eq!(claim(&[&undo[..], &["--voucher", "TK1"], &by].concat()).0, 0);
    assert_eq!(verify().0, 0);
    assert_eq!(add("L4", "1.json", &all).0, 0, "what was undone is free");
    assert_eq!(claim(&["show", "L9"]).0, 2);
}

#[test]
fn a_paper_that_a_claim_pays_is_told_as_claimed_and_kept() {
    // proves HB-2.6
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["demo", "--once"]).0, 0);
    let pack = super::law::packs(&folder, "law").join("360900/zf.toml");
    std::fs::write(&pack, std::fs::read_to_string(&pack).unwrap() + CLAIMS).unwrap();
    let facts = facts("CF1", "26360000000000000001", "H36090200101");
    let facts = facts.replace("\"prsc_date\"", "\"paper_no\": \"17\", \"prsc_date\"");
    std::fs::write(folder.join("1.json"), facts).unwrap();
    std::fs::write(folder.join("处方.jpg"), "a").unwrap();
    let database = ["--database", "sqlite://var/demo/center.db"];
    let add = ["claim", "add", "L1", "--facts", "1.json", "--paper", "处方=处方.jpg", "--by", "甲经办"];
    let place = ["--poolarea-no", "360900", "--packs", "law"];
    let (code, out, err) = ran(&folder, &[&add[..], &place, &database].concat());
    assert_eq!(code, 0, "{out}{err}");
    let report = ["archive", "paper", "report", "--fixmedins-code", "H36090200101"];
    let (code, out, err) = ran(&folder, &[&report[..], &database].concat());
    assert!(code == 0 && out.contains("已零星报销未提交：000000000017（360900受理号L1）"), "{out}{err}");
    let keep = ["archive", "keep", "--paper-fixmedins-code", "H36090200101", "--paper-no", "17"];
    let on = |day: &str| ran(&folder, &[&keep[..], &["--on", day], &database].concat());
    let (code, out, err) = on("2028-11-17");
    assert!(code == 1 && out.contains("2026-11-18开具（360900零星报销受理号L1）"), "{out}{err}");
    assert_eq!(on("2028-11-18").0, 0);
}
