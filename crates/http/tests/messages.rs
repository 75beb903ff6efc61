//! The region of the tests and its messages: one hospital, one pharmacy, a doctor, two pharmacists, two persons,
//! three drugs; and for each transaction the plain message that carries one prescription along.

use lf_ports::{AcctChange, Card, Drug, Fixmedins, Person, Practitioner, PractitionerKind, RegistryPut};
use lf_vocab::dict::{ChrgitmLv, Insutype, PsnType};
use lf_vocab::{Day, Fen, Moment, Span};
use serde_json::{Value, json};

pub const HOSPITAL: &str = "H36090200101";
pub const PHARMACY: &str = "P36090200106";
pub const DR_CODE: &str = "D360920001000";
pub const PHAR_CODE: &str = "YS36090200010";
pub const AMLODIPINE: &str = "XC08CAA901A001010199901";
pub const ATORVASTATIN: &str = "XC10AAA908A001010199901";
pub const TADALAFIL: &str = "XG04BET001A001010199901";
pub const PSN_NO: &str = "36090000002024000100";
pub const EC_TOKEN: &str = "ae181c4ce8439f3f871732e701c6651bcf2b05d70b114f85";
pub const CERTNO: &str = "360902197904165015";
const HOSP_PHAR_CODE: &str = "HY360920000010";
const PHAR_CERTNO: &str = "360902197103081014";
const PHAR_TOKEN: &str = "b1181c4ce8439f3f871732e701c6651bcf2b05d70b114f00";
/// 社会保障卡卡号 and 卡识别码 of the first person.
pub const SSCNO: &str = "J36092407";
pub const CARD_SN: &str = "360900D15600000512A64F2E08C3B791";
/// `%PDF-1.4 …` in Base64: the least that is a file.
pub const RX_FILE: &str = "JVBERi0xLjQKJSBhIHByZXNjcmlwdGlvbgolJUVPRgo=";

fn always() -> Span<Day> {
    Span::new("2024-01-01".parse().unwrap(), None).unwrap()
}

/// Everybody and everything but the apps.
pub fn registry() -> Vec<RegistryPut> {
    vec![
        RegistryPut::Fixmedins(institution(HOSPITAL, "示例人民医院")),
        RegistryPut::Fixmedins(institution(PHARMACY, "示例大药房")),
        RegistryPut::Practitioner(practitioner(DR_CODE, "刘医诚", PractitionerKind::Doctor, HOSPITAL)),
        RegistryPut::Practitioner(practitioner(PHAR_CODE, "吴药正", PractitionerKind::Pharmacist, PHARMACY)),
        RegistryPut::Person(person(PSN_NO, "章样康", CERTNO, PsnType::Active, EC_TOKEN)),
        RegistryPut::Person(person(
            "36090000002024000213",
            "程样宁",
            "360902195610095040",
            PsnType::Retired,
            "token-2",
        )),
        RegistryPut::Drug(drug(AMLODIPINE, "苯磺酸氨氯地平片", "5mg×7片", ChrgitmLv::A)),
        RegistryPut::Drug(drug(ATORVASTATIN, "阿托伐他汀钙片", "20mg×7片", ChrgitmLv::B)),
        RegistryPut::Drug(Drug { in_list: None, ..drug(TADALAFIL, "他达拉非片", "20mg×4片", ChrgitmLv::C) }),
    ]
}

/// 3250.00 for the first person.
pub fn accounts() -> Vec<AcctChange> {
    vec![AcctChange {
        poolarea_no: "360900".parse().unwrap(),
        psn_no: PSN_NO.parse().unwrap(),
        expect_version: 0,
        balc: Fen::new(325_000),
    }]
}

fn institution(code: &str, name: &str) -> Fixmedins {
    let hospital = code.starts_with('H');
    Fixmedins {
        open_hours: None,
        medins_natu: None,
        fixmedins_code: code.parse().unwrap(),
        fixmedins_name: name.to_owned(),
        poolarea_no: "360900".parse().unwrap(),
        hosp_lv: hospital.then(|| "2".to_owned()),
        agreement: always(),
        circ_ready: true,
        dualchnl: false,
        oppool: true,
        consult: None,
        sign_key: hospital.then(|| crate::support::key("sign").to_base64().to_string()),
        sign_cert_sn: hospital.then(|| "0123456789ABCDEF".to_owned()),
        callback: None,
    }
}

fn practitioner(code: &str, name: &str, kind: PractitionerKind, at: &str) -> Practitioner {
    let pharmacist = kind == PractitionerKind::Pharmacist;
    Practitioner {
        prac_code: code.to_owned(),
        prac_name: name.to_owned(),
        kind,
        fixmedins_code: at.parse().unwrap(),
        registered: always(),
        tcm: false,
        western: true,
        licensed: pharmacist,
        certno: Some(PHAR_CERTNO.parse().unwrap()),
        ec_token: pharmacist.then(|| PHAR_TOKEN.to_owned()),
    }
}

fn card() -> Card {
    Card { sscno: SSCNO.parse().unwrap(), card_sn: CARD_SN.parse().unwrap() }
}

fn person(psn_no: &str, name: &str, certno: &str, psn_type: PsnType, ec_token: &str) -> Person {
    let certno: lf_vocab::Certno = certno.parse().unwrap();
    Person {
        psn_no: psn_no.parse().unwrap(),
        psn_name: name.to_owned(),
        psn_cert_type: "01".to_owned(),
        gend: "1".to_owned(),
        brdy: certno.birthday().unwrap(),
        certno,
        poolarea_no: "360900".parse().unwrap(),
        insutype: Insutype::Employee,
        psn_type,
        insured: always(),
        cvlserv: false,
        ec_token: ec_token.to_owned(),
        card: (psn_no == PSN_NO).then(card),
    }
}

fn drug(code: &str, genname: &str, spec: &str, chrgitm_lv: ChrgitmLv) -> Drug {
    Drug {
        med_list_codg: code.parse().unwrap(),
        genname: genname.to_owned(),
        prodname: None,
        reg_name: genname.to_owned(),
        dosform_name: "片剂".to_owned(),
        spec_name: spec.to_owned(),
        prdr_name: "宜春示例药业有限公司".to_owned(),
        aprvno: Some("国药准字H00000001".to_owned()),
        min_pacunt: "盒".to_owned(),
        min_prepunt: "片".to_owned(),
        min_pac_cnt: "7".parse().unwrap(),
        list_type: "101".to_owned(),
        chrgitm_lv,
        in_list: Some(always()),
        chld_medc: false,
        hi_nego: false,
        dualchnl: false,
        oppool: true,
        hi_pay_std: None,
        special: None,
        memo: None,
        trac_exempt: false,
    }
}

/// 7101: two drugs for seven days, prescribed half an hour ago.
pub fn t7101(now: Moment, hosp_rxno: &str) -> Value {
    let prsc = now.plus_seconds(-1_800);
    json!({
        "mdtrtCertType": "01", "bizTypeCode": "01", "rxExraAttrCode": "02", "ecToken": EC_TOKEN,
        "insuPlcNo": "360900", "mdtrtareaNo": "360900", "hospRxno": hosp_rxno, "rxTypeCode": "1",
        "prscTime": prsc.to_string(), "rxDrugCnt": 2, "valiDays": 3, "valiEndTime": prsc.plus_days(3).to_string(),
        "reptFlag": "0", "rxCotnFlag": "0", "longRxFlag": "0",
        "rxdrugdetail": [
            line(prsc, AMLODIPINE, "苯磺酸氨氯地平片", "5mg×7片", 5),
            line(prsc, ATORVASTATIN, "阿托伐他汀钙片", "20mg×7片", 20),
        ],
        "mdtrtinfo": visit(now),
        "diseinfo": [disease(now, "1", 1, "I10.x00x002", "高血压"), disease(now, "0", 2, "E78.500", "高脂血症")],
    })
}

fn line(prsc: Moment, code: &str, genname: &str, spec: &str, dose: i64) -> Value {
    json!({
        "medListCodg": code, "hospPrepFlag": "0", "rxItemTypeCode": "11", "rxItemTypeName": "西药",
        "drugGenname": genname, "drugDosform": "片剂", "drugSpec": spec, "prdrName": "宜春示例药业有限公司",
        "medcWayCodg": "1", "medcWayDscr": "口服", "medcBegntime": prsc.to_string(),
        "medcEndtime": prsc.plus_days(7).to_string(), "medcDays": 7, "sinDosunt": "mg", "sinDoscnt": dose,
        "usedFrquCodg": "11", "usedFrquName": "每天一次（qd）", "drugDosunt": "片", "drugCnt": 7,
        "hospApprFlag": "1",
    })
}

fn visit(now: Moment) -> Value {
    json!({
        "fixmedinsName": "示例人民医院", "fixmedinsCode": HOSPITAL, "mdtrtId": "JZ0001", "medType": "11",
        "iptOtpNo": "MZ0001", "otpIptFlag": "1", "psnNo": PSN_NO, "patnName": "章样康", "psnCertType": "01",
        "certno": CERTNO, "patnAge": 47, "gend": "1", "prscDeptName": "心血管内科", "prscDeptCode": "A03.04",
        "drCode": DR_CODE, "prscDrName": "刘医诚", "drProfttlCodg": "231", "drProfttlName": "主任医师",
        "drDeptCode": "A03.04", "drDeptName": "心血管内科", "mdtrtTime": now.plus_seconds(-3_000).to_string(),
        "spDiseFlag": "0", "maindiagCode": "I10.x00x002", "maindiagName": "高血压",
    })
}

fn disease(now: Moment, main: &str, at: i64, code: &str, name: &str) -> Value {
    json!({
        "diagType": "1", "maindiagFlag": main, "diagSrtNo": at, "diagCode": code, "diagName": name,
        "diagDept": "心血管内科", "diagDrNo": DR_CODE, "diagDrName": "刘医诚",
        "diagTime": now.plus_seconds(-2_400).to_string(),
    })
}

/// The two numbers of 7101.
#[derive(Debug, Clone)]
pub struct Issued {
    pub hi_rxno: String,
    pub rx_trace_code: String,
}

/// The twenty fields that 7102 signs and 7103 repeats.
pub fn signed_fields(issued: &Issued, chk_time: Moment) -> Value {
    json!({
        "rxTraceCode": issued.rx_trace_code, "hiRxno": issued.hi_rxno, "mdtrtId": "JZ0001", "patnName": "章样康",
        "psnCertType": "01", "certno": CERTNO, "fixmedinsName": "示例人民医院", "fixmedinsCode": HOSPITAL,
        "drCode": DR_CODE, "prscDrName": "刘医诚", "pharDeptName": "药剂科", "pharDeptCode": "A84.01",
        "pharProfttlCodg": "2", "pharProfttlName": "副主任药师", "pharCode": HOSP_PHAR_CODE, "pharCertType": "01",
        "pharCertno": PHAR_CERTNO, "pharName": "周药安", "pharPracCertNo": "ZY001", "pharChkTime": chk_time.to_string(),
    })
}

pub fn t7102(issued: &Issued, chk_time: Moment) -> Value {
    let text = signed_fields(issued, chk_time).to_string();
    json!({
        "fixmedinsCode": HOSPITAL, "originalValue": lf_wire::reply::base64(text.as_bytes()),
        "originalRxFile": RX_FILE,
    })
}

pub fn t7103(issued: &Issued, chk_time: Moment, sign_digest: &str) -> Value {
    let mut data = signed_fields(issued, chk_time);
    data["rxFile"] = RX_FILE.into();
    data["signDigest"] = sign_digest.into();
    data
}

pub fn t7104(hi_rxno: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno, "fixmedinsCode": HOSPITAL, "drCode": DR_CODE, "undoDrName": "刘医诚",
        "undoDrCertType": "01", "undoDrCertno": PHAR_CERTNO, "undoRea": "改用其他治疗方案", "undoTime": now.to_string(),
    })
}

/// 7105, 7106, 7107.
pub fn question(hi_rxno: &str) -> Value {
    json!({
        "fixmedinsCode": HOSPITAL, "hiRxno": hi_rxno, "mdtrtId": "JZ0001", "psnName": "章样康",
        "psnCertType": "01", "certno": CERTNO,
    })
}

pub fn t7201() -> Value {
    json!({
        "fixmedinsCode": PHARMACY, "ipInfo": "192.0.2.10", "opter": "0001", "opterName": "收银一号",
        "optinsNo": PHARMACY, "psnName": "章样康", "psnCertType": "01", "certno": CERTNO, "ecToken": EC_TOKEN,
        "outFlag": "0",
    })
}

pub fn t7202(hi_rxno: &str, auth_circ_biz_sn: &str) -> Value {
    json!({
        "hiRxno": hi_rxno, "fixmedinsCode": PHARMACY, "authCircBizSn": auth_circ_biz_sn, "epcChnlId": "APP1",
        "ipInfo": "192.0.2.1", "opter": "01", "opterName": "收银", "optinsNo": PHARMACY,
    })
}

pub fn t7203(epc_qrcd: &str) -> Value {
    json!({
        "fixmedinsCode": PHARMACY, "ipInfo": "192.0.2.10", "opter": "0001", "opterName": "收银一号",
        "optinsNo": PHARMACY, "epcQrcd": epc_qrcd, "devInfo": "POS-01",
    })
}

pub fn t7204(epc_token: &str, auth_rxno: &str) -> Value {
    json!({
        "fixmedinsCode": PHARMACY, "ipInfo": "192.0.2.10", "opter": "0001", "opterName": "收银一号",
        "optinsNo": PHARMACY, "epcToken": epc_token, "authRxno": auth_rxno, "devInfo": "POS-01",
    })
}

pub fn t7205(issued: &Issued, epc_token: &str) -> Value {
    json!({
        "hiRxno": issued.hi_rxno, "fixmedinsCode": PHARMACY, "rxTraceCode": issued.rx_trace_code,
        "rxFile": RX_FILE, "epcToken": epc_token,
    })
}

pub fn t7206(hi_rxno: &str, epc_token: &str, rx_sign_verify_sn: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno, "epcToken": epc_token, "ecToken": PHAR_TOKEN, "fixmedinsCode": PHARMACY,
        "fixmedinsName": "示例大药房", "pharCertType": "01", "pharCertno": PHAR_CERTNO, "pharName": "吴药正",
        "pharCode": PHAR_CODE, "rxChkOpnn": "用药适宜", "rxChkStasCodg": "1", "rxChkTime": now.to_string(),
        "rxSignVerifySn": rx_sign_verify_sn,
    })
}

/// 7207: a pack of each drug.
pub fn t7207(hi_rxno: &str, rx_chk_biz_sn: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno, "fixmedinsCode": PHARMACY, "fixmedinsName": "示例大药房", "rchkPharCertType": "01",
        "rchkPharCertno": PHAR_CERTNO, "rchkPharName": "吴药正", "rxChkBizSn": rx_chk_biz_sn, "hiFeesetlFlag": "1",
        "rxSaleDrugDetl": [
            sold(AMLODIPINE, "苯磺酸氨氯地平片", "5mg×7片", 12.6, "81000100000000000001", now),
            sold(ATORVASTATIN, "阿托伐他汀钙片", "20mg×7片", 21.7, "81000200000000000001", now),
        ],
    })
}

fn sold(code: &str, genname: &str, spec: &str, amount: f64, trac: &str, now: Moment) -> Value {
    json!({
        "rtalDocno": "LS0001", "stooutNo": "CK0001", "stooutTime": now.to_string(), "medListCodg": code,
        "medinsListCodg": code, "drugGenname": genname, "drugSpec": spec, "drugDosform": "片剂",
        "prdrName": "宜春示例药业有限公司", "manuLotnum": "20260301", "drugTotlcnt": 1, "drugTotlcntEmp": "盒",
        "drugSumamt": amount, "drugTraceCodg": trac,
    })
}

pub fn t7208(hi_rxno: &str, sel_stoout_sn: &str) -> Value {
    json!({ "hiRxno": hi_rxno, "fixmedinsCode": PHARMACY, "hiFeesetlFlag": "1", "selStooutSn": sel_stoout_sn })
}

/// 7209: on the way to the patient.
pub fn t7209(hi_rxno: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno, "delvNo": "PS0001", "delvAddr": "宜春市示例路1号", "delvEntpName": "示例物流有限公司",
        "delverName": "送小样", "delvStasCodg": "1", "delvStasName": "配送中", "delvStasTime": now.to_string(),
        "delvConner": "章样康", "fixmedinsCode": PHARMACY, "fixmedinsName": "示例大药房",
        "extras": { "delv_way": "2", "hdov_name": "吴药正", "delv_entp_lic_no": "L1", "delv_entp_lic_end": "2029-12-31" },
    })
}

/// 7210: in the patient's hands.
pub fn t7210(hi_rxno: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno, "delvNo": "PS0001", "delverCertType": "01", "delverCertno": PHAR_CERTNO,
        "delverName": "送小样", "delvStasTime": now.to_string(), "chkWayCodg": "1",
        "extras": { "rcvr_name": "章样康", "rcvr_rltn": "本人" },
    })
}

pub fn t7211() -> Value {
    json!({ "fixmedinsCode": PHARMACY, "drugName": "片", "pageNum": 1, "pageSize": 20 })
}

/// 2101 and 2102: seven tablets of each, priced by the tablet.
pub fn t2102(hi_rxno: &str, now: Moment) -> Value {
    let stated = json!({
        "psn_match_flag": "1", "media_ref": "CAM0001", "phar_duty_flag": "1", "print_time": now.to_string(),
    });
    json!({
        "druginfo": {
            "psn_no": PSN_NO, "mdtrt_cert_type": "01", "mdtrt_cert_no": EC_TOKEN, "psn_cert_type": "01",
            "certno": CERTNO, "psn_type": "11", "psn_name": "章样康", "begntime": now.to_string(),
            "medfee_sumamt": 34.3, "invono": "FP0001", "insutype": "310", "acct_used_flag": "1", "med_type": "41",
            "exp_content": stated.to_string(),
        },
        "drugdetail": [fee("FD1", hi_rxno, AMLODIPINE, 12.6, 1.8, now), fee("FD2", hi_rxno, ATORVASTATIN, 21.7, 3.1, now)],
        "durg_trac_info": [
            { "feedetl_sn": "FD1", "drug_trac_codg": "81000100000000000001", "trdn_flag": "0" },
            { "feedetl_sn": "FD2", "drug_trac_codg": "81000200000000000001", "trdn_flag": "0" },
        ],
    })
}

fn fee(sn: &str, hi_rxno: &str, code: &str, amount: f64, pric: f64, now: Moment) -> Value {
    json!({
        "feedetl_sn": sn, "rxno": hi_rxno, "rx_circ_flag": "1", "fee_ocur_time": now.to_string(),
        "med_list_codg": code, "medins_list_codg": code, "det_item_fee_sumamt": amount, "cnt": 7, "pric": pric,
        "prd_days": 7, "bilg_dr_codg": DR_CODE, "bilg_dr_name": "刘医诚",
    })
}

pub fn t2103(setl_id: &str, mdtrt_id: &str) -> Value {
    json!({ "setl_id": setl_id, "mdtrt_id": mdtrt_id, "psn_no": PSN_NO })
}
