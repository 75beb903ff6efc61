//! A prescription and a settlement to print in tests, and the system's Chinese font.

use lf_rx::{ChainHash, Prescription, RxContent, State};
use lf_vocab::{HiRxno, Moment};
use serde_json::{Value, json};

use crate::{Face, NameOf};

/// Where Debian and others keep a Chinese font.
const FONTS: [&str; 3] = [
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

pub fn face() -> Face {
    let bytes = FONTS.iter().find_map(|path| std::fs::read(path).ok());
    Face::new(bytes.expect("no Chinese font: apt-get install fonts-wqy-microhei (cargo xtask setup does it)")).unwrap()
}

pub fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

pub fn printed() -> Moment {
    moment("2026-11-22 10:30:00")
}

pub const NAMES: NameOf = |dict, code| match (dict, code) {
    ("gend", "2") => Some("女"),
    ("med_type", "11") => Some("普通门诊"),
    ("rx_type_code", "1") => Some("门诊西药"),
    ("rx_exra_attr_code", "02") => Some("门诊统筹处方"),
    ("rx_chk_stas_codg", "1") => Some("审核通过"),
    _ => None,
};

pub fn hi_rxno() -> HiRxno {
    HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 17).unwrap()
}

/// A drug; the numbers are ten-thousandths.
pub fn drug(name: &str, spec: &str, maker: &str) -> Value {
    json!({
        "med_list_codg": "XC09CAX903E001010199901", "rx_item_type_code": "11", "drug_genname": name,
        "drug_dosform": "片剂", "drug_spec": spec, "prdr_name": maker, "medc_way_codg": "1", "medc_way_dscr": "口服",
        "medc_begntime": printed(), "medc_endtime": printed(), "medc_days": 70_000, "sin_dosunt": "mg",
        "sin_doscnt": 800_000, "used_frqu_codg": "31", "used_frqu_name": "每日一次", "drug_dosunt": "盒",
        "drug_cnt": 20_000, "drug_sumamt": 3_080, "hosp_appr_flag": "1",
    })
}

pub fn content(drugs: Vec<Value>) -> RxContent {
    let now = moment("2026-11-22 09:00:00");
    let text = json!({
        "head": {
            "mdtrt_cert_type": "01", "biz_type_code": "01", "rx_exra_attr_code": "02", "hosp_rxno": "CF000017",
            "rx_type_code": "1", "prsc_time": now, "rx_drug_cnt": drugs.len() * 10_000, "vali_days": 3,
            "vali_end_time": now.plus_days(3), "long_rx_flag": false,
        },
        "rxdrugdetail": drugs,
        "mdtrtinfo": {
            "fixmedins_name": "宜春市示例人民医院", "fixmedins_code": "H36090200101", "mdtrt_id": "MD0001",
            "med_type": "11", "ipt_otp_no": "OP20261122001", "otp_ipt_flag": "1", "psn_no": "36090000000000000001",
            "patn_name": "欧阳示例", "psn_cert_type": "01", "certno": "360902196501011224", "patn_age": 610_000,
            "gend": "2", "prsc_dept_name": "心血管内科", "prsc_dept_code": "A03.04", "dr_code": "D360902000001",
            "prsc_dr_name": "丁示例", "dr_profttl_codg": "232", "dr_profttl_name": "副主任医师", "dr_dept_code": "A03.04",
            "dr_dept_name": "心血管内科", "mdtrt_time": now, "sp_dise_flag": "0", "maindiag_code": "I10.x00x002",
            "maindiag_name": "高血压病2级（中危）", "algs_his": "青霉素过敏",
        },
        "diseinfo": [{
            "diag_type": "1", "maindiag_flag": "0", "diag_srt_no": 2, "diag_code": "E11.900", "diag_name": "2型糖尿病",
            "diag_dept": "心血管内科", "diag_dr_no": "D360902000001", "diag_dr_name": "丁示例", "diag_time": now,
        }],
    });
    serde_json::from_value(text).unwrap()
}

/// Signed, uploaded, verified and passed by a pharmacist.
pub fn reviewed(content: &RxContent) -> Prescription {
    let signed = json!({
        "original_value": "e30=", "sign_digest": "c2lnbmVkIGJ5IHRoZSBjZW50ZXIgZm9yIHRoZSBpbnN0aXR1dGlvbg==",
        "file_sm3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "file_sign": "eA==",
        "sign_public_key": "eA==", "sign_cert_sn": "LF-H36090200101-0001", "sign_cert_dn": "CN=宜春市示例人民医院",
    });
    let uploaded = json!({
        "phar_code": "Y360902000009", "phar_name": "黄示例", "phar_chk_time": moment("2026-11-22 09:05:00"), "file_suffix": "pdf",
    });
    let state = json!({
        "state": "reviewed",
        "passed": {
            "active": { "signed": signed, "uploaded": uploaded },
            "downloaded": { "fixmedins_code": "P36090200201", "auth_rxno": "A1", "epc_token": "T1", "opter": "01" },
            "verified": { "rx_sign_verify_sn": "YQ202611220900000001" },
            "reviewed": {
                "rx_chk_stas_codg": "1", "rx_chk_opnn": "用法用量适宜", "rx_chk_time": moment("2026-11-22 10:00:00"),
                "rx_chk_biz_sn": "SH1", "phar_code": "Y360902000021", "phar_name": "周示例",
                "fixmedins_code": "P36090200201", "law_edition": "x",
            },
        },
    });
    with(content, serde_json::from_value(state).unwrap())
}

pub fn with(content: &RxContent, state: State) -> Prescription {
    let opened = json!({
        "rx_trace_code": lf_vocab::RxTraceCode::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 17).unwrap(),
        "hosp_rxno": content.head.hosp_rxno, "fixmedins_code": content.mdtrtinfo.fixmedins_code,
        "dr_code": content.mdtrtinfo.dr_code, "insu_poolarea_no": "360900", "psn_no": content.mdtrtinfo.psn_no,
        "mdtrt_id": content.mdtrtinfo.mdtrt_id, "prsc_time": content.head.prsc_time,
        "vali_end_time": content.head.vali_end_time, "content_sm3": "", "law_edition": "x",
    });
    let opened = serde_json::from_value(opened).unwrap();
    Prescription { hi_rxno: hi_rxno(), opened, state, seq: 1, head: ChainHash::GENESIS }
}

/// The lines of a sheet from top to bottom as they stand on A5, pages apart.
pub fn lines(sheet: &crate::block::Sheet) -> String {
    use crate::layout::{What, layout};
    let laid = layout(sheet, crate::Size::A5, &crate::text::tests::Squares);
    let mut text = String::new();
    for page in laid.pages {
        let mut rows: std::collections::BTreeMap<i32, Vec<(i32, String)>> = Default::default();
        for item in page.items {
            if let What::Text { text, .. } = item.what {
                rows.entry(item.y).or_default().push((item.x, text));
            }
        }
        for (_, mut row) in rows {
            row.sort();
            text += &row.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" | ");
            text += "\n";
        }
        text += "=\n";
    }
    text
}
