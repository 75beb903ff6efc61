//! The hospital's messages: 7101 to 7107.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::Drug;
use lf_vocab::{Day, Moment};
use serde_json::{Value, json};

use super::{Case, Issued, Ordered, extend, flag, number};
use crate::region::Named;

/// 7101 电子处方上传预核验.
pub fn t7101(case: &Case<'_>) -> Value {
    let mut data = head(case);
    if herbal(case) {
        extend(&mut data, whole_decoction());
    }
    if case.internet {
        extend(&mut data, json!({ "authNo": format!("AUTH{:09}", case.serial) }));
    }
    let lines: Vec<_> = case.drugs.iter().map(|ordered| line(case, ordered)).collect();
    let diseases: Vec<_> = case.diagnoses.iter().enumerate().map(|(at, one)| disease(case, at, one)).collect();
    extend(&mut data, json!({ "rxdrugdetail": lines, "mdtrtinfo": visit(case), "diseinfo": diseases }));
    data
}

/// 7102 电子处方医保电子签名: text and file, both in Base64.
pub fn t7102(case: &Case<'_>, issued: &Issued, rx_file: &str) -> Value {
    let text = signed_fields(case, issued).to_string();
    json!({
        "fixmedinsCode": case.hospital.fixmedins.fixmedins_code,
        "originalValue": BASE64_STANDARD.encode(text),
        "originalRxFile": rx_file,
    })
}

/// The twenty fields of 7103 that 7102 signs.
pub fn signed_fields(case: &Case<'_>, issued: &Issued) -> Value {
    let (person, house) = (&case.patient.person, &case.hospital.fixmedins);
    let (doctor, pharmacist) = (&case.doctor.practitioner, &case.hosp_pharmacist.practitioner);
    let dept = case.hospital.phar_dept.as_ref();
    json!({
        "rxTraceCode": issued.rx_trace_code,
        "hiRxno": issued.hi_rxno,
        "mdtrtId": case.mdtrt_id(),
        "patnName": person.psn_name,
        "psnCertType": person.psn_cert_type,
        "certno": person.certno,
        "fixmedinsName": house.fixmedins_name,
        "fixmedinsCode": house.fixmedins_code,
        "drCode": doctor.prac_code,
        "prscDrName": doctor.prac_name,
        "pharDeptName": dept.map(|dept| &dept.name),
        "pharDeptCode": dept.map(|dept| &dept.code),
        "pharProfttlCodg": "2.2",
        "pharProfttlName": "副主任药师",
        "pharCode": pharmacist.prac_code,
        "pharCertType": "01",
        "pharCertno": pharmacist.certno,
        "pharName": pharmacist.prac_name,
        "pharPracCertNo": case.hosp_pharmacist.phar_prac_cert_no,
        "pharChkTime": case.now.to_string(),
    })
}

/// 7103 电子处方上传: the signed fields, the file and the signature of 7102.
pub fn t7103(case: &Case<'_>, issued: &Issued, rx_file: &str, sign_digest: &str) -> Value {
    let mut data = signed_fields(case, issued);
    extend(&mut data, json!({ "rxFile": rx_file, "signDigest": sign_digest }));
    data
}

/// 7104 电子处方撤销, by the doctor who prescribed.
pub fn t7104(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    let doctor = &case.doctor.practitioner;
    json!({
        "hiRxno": hi_rxno,
        "fixmedinsCode": case.hospital.fixmedins.fixmedins_code,
        "drCode": doctor.prac_code,
        "undoDrName": doctor.prac_name,
        "undoDrCertType": "01",
        "undoDrCertno": doctor.certno,
        "undoRea": "患者改用其他治疗方案",
        "undoTime": now.to_string(),
    })
}

/// 7105 电子处方信息查询.
pub fn t7105(case: &Case<'_>, hi_rxno: &str) -> Value {
    question(case, hi_rxno)
}

/// 7106 电子处方审核结果查询.
pub fn t7106(case: &Case<'_>, hi_rxno: &str) -> Value {
    question(case, hi_rxno)
}

/// 7107 电子处方取药结果查询.
pub fn t7107(case: &Case<'_>, hi_rxno: &str) -> Value {
    question(case, hi_rxno)
}

fn question(case: &Case<'_>, hi_rxno: &str) -> Value {
    let person = &case.patient.person;
    json!({
        "fixmedinsCode": case.hospital.fixmedins.fixmedins_code,
        "hiRxno": hi_rxno,
        "mdtrtId": case.mdtrt_id(),
        "psnName": person.psn_name,
        "psnCertType": person.psn_cert_type,
        "certno": person.certno,
    })
}

fn herbal(case: &Case<'_>) -> bool {
    matches!(case.rx_type_code.as_str(), "2" | "4" | "6" | "9")
}

fn head(case: &Case<'_>) -> Value {
    let person = &case.patient.person;
    // 药品类目数; of a decoction the number of doses.
    let count = if herbal(case) { case.days } else { case.drugs.len() as i64 };
    json!({
        "mdtrtCertType": "01",
        "bizTypeCode": if case.internet { "02" } else { "01" },
        "rxExraAttrCode": case.rx_exra_attr_code,
        "ecToken": person.ec_token,
        "insuPlcNo": person.poolarea_no,
        "mdtrtareaNo": case.hospital.fixmedins.poolarea_no,
        "hospRxno": case.hosp_rxno(),
        "rxTypeCode": case.rx_type_code,
        "prscTime": case.prsc_time().to_string(),
        "rxDrugCnt": count,
        "valiDays": case.vali_days,
        "valiEndTime": case.prsc_time().plus_days(case.vali_days).to_string(),
        "reptFlag": "0",
        "rxCotnFlag": "0",
        "longRxFlag": flag(case.long_rx),
    })
}

fn whole_decoction() -> Value {
    json!({
        "rxUsedWayCodg": "1",
        "rxUsedWayName": "口服",
        "rxFrquCodg": "12",
        "rxFrquName": "每天二次（bid）",
        "rxDosunt": "剂",
        "rxDoscnt": 1,
        "rxDrordDscr": "水煎服，每日一剂，早晚分服",
    })
}

/// 西药, 中成药, 中药饮片 by the first letter of the national code.
fn item_type(drug: &Drug) -> (&'static str, &'static str, &'static str) {
    match drug.med_list_codg.as_str().as_bytes().first() {
        Some(b'T') => ("13", "中药饮片", "3"),
        Some(b'Z') => ("12", "中成药", "2"),
        _ => ("11", "西药", "1"),
    }
}

fn line(case: &Case<'_>, ordered: &Ordered<'_>) -> Value {
    let (stock, drug) = (ordered.stock, &ordered.stock.drug);
    let (item_code, item_name, tcm_code) = item_type(drug);
    let begin = case.prsc_time();
    let mut line = json!({
        "medListCodg": drug.med_list_codg,
        "hospPrepFlag": "0",
        "rxItemTypeCode": item_code,
        "rxItemTypeName": item_name,
        "tcmdrugTypeCode": tcm_code,
        "drugGenname": drug.genname,
        "drugDosform": drug.dosform_name,
        "drugSpec": drug.spec_name,
        "prdrName": drug.prdr_name,
        "medcBegntime": begin.to_string(),
        "medcEndtime": begin.plus_days(case.days).to_string(),
        "medcDays": case.days,
        "sinDosunt": stock.sin_dosunt,
        "sinDoscnt": number(stock.sin_doscnt),
        "drugDosunt": ordered.unit_name(),
        "drugCnt": number(ordered.cnt),
        "drugPric": number(ordered.pric()),
        "hospApprFlag": "1",
    });
    if let Some(amount) = ordered.pric().times(ordered.cnt) {
        extend(&mut line, json!({ "drugSumamt": number(amount) }));
    }
    if item_code != "13" {
        extend(&mut line, usage(&stock.used_frqu_codg, &stock.medc_way_codg));
    }
    line
}

fn usage(frqu: &str, way: &str) -> Value {
    let frqu_name = match frqu {
        "12" => "每天二次（bid）",
        "13" => "每天三次（tid）",
        "41" => "每晚一次（qn）",
        "62" => "必要时使用（prn）",
        _ => "每天一次（qd）",
    };
    let way_name = match way {
        "2" => "直肠给药",
        "3" => "舌下给药",
        _ => "口服",
    };
    json!({
        "medcWayCodg": way,
        "medcWayDscr": way_name,
        "usedFrquCodg": frqu,
        "usedFrquName": frqu_name,
    })
}

fn visit(case: &Case<'_>) -> Value {
    let person = &case.patient.person;
    let (doctor, dept, profttl) = (&case.doctor.practitioner, &case.doctor.dept, &case.doctor.profttl);
    let main = case.diagnoses.first();
    json!({
        "fixmedinsName": case.hospital.fixmedins.fixmedins_name,
        "fixmedinsCode": case.hospital.fixmedins.fixmedins_code,
        "mdtrtId": case.mdtrt_id(),
        "medType": "11",
        "iptOtpNo": format!("MZ{:09}", case.serial),
        "otpIptFlag": "1",
        "psnNo": person.psn_no,
        "patnName": person.psn_name,
        "psnCertType": person.psn_cert_type,
        "certno": person.certno,
        "patnAge": age(person.brdy, case.now.day()),
        "gend": person.gend,
        "algsHis": "无",
        "prscDeptName": dept.name,
        "prscDeptCode": dept.code,
        "drCode": doctor.prac_code,
        "prscDrName": doctor.prac_name,
        "prscDrCertType": "01",
        "prscDrCertno": doctor.certno,
        "drProfttlCodg": profttl.code,
        "drProfttlName": profttl.name,
        "drDeptCode": dept.code,
        "drDeptName": dept.name,
        "mdtrtTime": case.now.plus_seconds(-1_200).to_string(),
        "spDiseFlag": "0",
        "maindiagCode": main.map(|one| &one.code),
        "maindiagName": main.map(|one| &one.name),
        "fstdiagFlag": "0",
    })
}

fn age(brdy: Day, today: Day) -> i64 {
    let ((year, month, day), (born_year, born_month, born_day)) = (today.ymd(), brdy.ymd());
    i64::from(year - born_year) - i64::from((month, day) < (born_month, born_day))
}

fn disease(case: &Case<'_>, at: usize, diagnosis: &Named) -> Value {
    let (doctor, dept) = (&case.doctor.practitioner, &case.doctor.dept);
    json!({
        "diagType": "1",
        "maindiagFlag": flag(at == 0),
        "diagSrtNo": at + 1,
        "diagCode": diagnosis.code,
        "diagName": diagnosis.name,
        "diagDept": dept.name,
        "diagDeptCode": dept.code,
        "diagDrNo": doctor.prac_code,
        "diagDrName": doctor.prac_name,
        "diagTime": case.now.plus_seconds(-600).to_string(),
    })
}
