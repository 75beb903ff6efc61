//! The clinic route of a pharmacy's till: 2201 to 2208. A visit is opened, its lines are uploaded, and they are settled as 2102 settles
//! a purchase.

use lf_vocab::Moment;
use serde_json::{Value, json};

use super::{Case, extend, t2102};

/// 收费批次 of the visit's lines.
const CHRG_BCHNO: &str = "PC1";

/// 门诊号 at the pharmacy.
fn ipt_otp_no(case: &Case<'_>) -> String {
    format!("YD{:09}", case.serial)
}

/// 2201 门诊挂号.
pub fn t2201(case: &Case<'_>, now: Moment) -> Value {
    let person = &case.patient.person;
    json!({ "data": {
        "psn_no": person.psn_no, "insutype": person.insutype.code(), "begntime": now.to_string(), "mdtrt_cert_type": "01",
        "mdtrt_cert_no": person.ec_token, "psn_cert_type": person.psn_cert_type, "certno": person.certno,
        "psn_type": person.psn_type.code(), "psn_name": person.psn_name, "ipt_otp_no": ipt_otp_no(case),
        "dept_code": "A02", "dept_name": "药店", "caty": "A02",
    } })
}

/// 2202 门诊挂号撤销.
pub fn t2202(case: &Case<'_>, mdtrt_id: &str) -> Value {
    let psn_no = &case.patient.person.psn_no;
    json!({ "data": { "psn_no": psn_no, "mdtrt_id": mdtrt_id, "ipt_otp_no": ipt_otp_no(case) } })
}

/// 2203A 门诊就诊信息上传: where and for what it was prescribed.
pub fn t2203a(case: &Case<'_>, mdtrt_id: &str, now: Moment) -> Value {
    let (hospital, doctor) = (&case.hospital.fixmedins, &case.doctor.practitioner);
    let diseases = case.diagnoses.iter().enumerate().map(|(at, one)| {
        json!({
            "diag_type": "1", "diag_srt_no": at + 1, "diag_code": one.code, "diag_name": one.name,
            "diag_dept": case.doctor.dept.name, "dise_dor_no": doctor.prac_code, "dise_dor_name": doctor.prac_name,
            "diag_time": now.to_string(), "vali_flag": "1",
        })
    });
    json!({
        "mdtrtinfo": {
            "mdtrt_id": mdtrt_id, "psn_no": case.patient.person.psn_no, "med_type": "41", "begntime": now.to_string(),
            "rxfixmedinsCode": hospital.fixmedins_code, "rxfixmedinsName": hospital.fixmedins_name,
            "rxIn": b"%PDF", "rxfilename": "处方.pdf",
        },
        "diseinfo": diseases.collect::<Vec<_>>(),
    })
}

/// 2204 门诊费用明细上传: the lines of 2102.
pub fn t2204(case: &Case<'_>, hi_rxno: &str, mdtrt_id: &str, now: Moment) -> Value {
    let mut lines = t2102(case, hi_rxno, now)["drugdetail"].take();
    for line in lines.as_array_mut().into_iter().flatten() {
        extend(
            line,
            json!({
                "mdtrt_id": mdtrt_id, "psn_no": case.patient.person.psn_no, "chrg_bchno": CHRG_BCHNO,
                "bilg_dept_codg": case.doctor.dept.code, "bilg_dept_name": case.doctor.dept.name, "hosp_appr_flag": "0",
            }),
        );
    }
    json!({ "feedetail": lines })
}

/// 2205 门诊费用明细撤销, of all that is not settled.
pub fn t2205(case: &Case<'_>, mdtrt_id: &str) -> Value {
    json!({ "data": { "mdtrt_id": mdtrt_id, "chrg_bchno": "0000", "psn_no": case.patient.person.psn_no } })
}

/// 2206 门诊预结算.
pub fn t2206(case: &Case<'_>, hi_rxno: &str, mdtrt_id: &str, now: Moment) -> Value {
    json!({ "data": purchase(case, hi_rxno, mdtrt_id, now) })
}

/// 2207 门诊结算, with the four sums of 2206 and the boxes.
pub fn t2207(case: &Case<'_>, hi_rxno: &str, mdtrt_id: &str, now: Moment) -> Value {
    let mut data = purchase(case, hi_rxno, mdtrt_id, now);
    for name in SUMS {
        extend(&mut data, json!({ name: format!("${{{name}}}") }));
    }
    extend(&mut data, json!({ "drug_trac_info": t2102(case, hi_rxno, now)["durg_trac_info"] }));
    json!({ "data": data })
}

/// What 2207 repeats of 2206.
const SUMS: [&str; 4] = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];

/// 2208 门诊结算撤销, of the settlement that 2207 answered.
pub fn t2208(case: &Case<'_>, setl_id: &str, mdtrt_id: &str) -> Value {
    json!({ "data": super::t2103(case, setl_id, mdtrt_id) })
}

fn purchase(case: &Case<'_>, hi_rxno: &str, mdtrt_id: &str, now: Moment) -> Value {
    let mut data = t2102(case, hi_rxno, now)["druginfo"].take();
    if let Some(fields) = data.as_object_mut() {
        fields.remove("begntime");
    }
    extend(&mut data, json!({ "mdtrt_id": mdtrt_id, "chrg_bchno": CHRG_BCHNO, "psn_setlway": "01" }));
    data
}
