//! The till's messages: 2101, 2102, 2103. Lines count in the unit in which the doctor prescribed.

use lf_vocab::{Fen, Moment};
use serde_json::{Value, json};

use super::{Case, Ordered, number};

/// 2101 药店预结算.
pub fn t2101(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    purchase(case, hi_rxno, now)
}

/// 2102 药店结算: the same purchase, for good, with the invoice's number.
pub fn t2102(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    let mut data = purchase(case, hi_rxno, now);
    if let Some(Value::Object(druginfo)) = data.get_mut("druginfo") {
        druginfo.insert("invono".to_owned(), format!("FP{:09}", case.serial).into());
    }
    data
}

/// 2103 药店结算撤销, of the settlement that 2102 answered.
pub fn t2103(case: &Case<'_>, setl_id: &str, mdtrt_id: &str) -> Value {
    json!({ "setl_id": setl_id, "mdtrt_id": mdtrt_id, "psn_no": case.patient.person.psn_no })
}

/// The sum of the lines' amounts.
pub fn medfee_sumamt(case: &Case<'_>) -> Fen {
    Fen::sum(case.drugs.iter().map(amount)).unwrap_or(Fen::ZERO)
}

fn amount(ordered: &Ordered<'_>) -> Fen {
    ordered.pric().times(ordered.cnt).unwrap_or(Fen::ZERO)
}

fn purchase(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    let person = &case.patient.person;
    let lines: Vec<_> = case.drugs.iter().enumerate().map(|(at, one)| fee(case, at, one, hi_rxno, now)).collect();
    json!({
        "druginfo": {
            "psn_no": person.psn_no,
            "mdtrt_cert_type": "01",
            "mdtrt_cert_no": person.ec_token,
            "psn_cert_type": person.psn_cert_type,
            "certno": person.certno,
            "psn_type": person.psn_type.code(),
            "psn_name": person.psn_name,
            "begntime": now.to_string(),
            "medfee_sumamt": number(medfee_sumamt(case)),
            "insutype": person.insutype.code(),
            "acct_used_flag": "1",
            "med_type": "41",
            "exp_content": stated(case, now).to_string(),
        },
        "drugdetail": lines,
        "durg_trac_info": trac_info(case),
    })
}

/// What the notice asks of the counter and the interface has no field for.
fn stated(case: &Case<'_>, now: Moment) -> Value {
    let mut stated = json!({
        "psn_match_flag": "1",
        "media_ref": format!("CAM{:09}", case.serial),
        "phar_duty_flag": "1",
    });
    if let (true, Value::Object(fields)) = (case.printed, &mut stated) {
        fields.insert("print_time".to_owned(), now.to_string().into());
    }
    stated
}

fn feedetl_sn(case: &Case<'_>, at: usize) -> String {
    format!("FD{:09}{at:03}", case.serial)
}

fn fee(case: &Case<'_>, at: usize, ordered: &Ordered<'_>, hi_rxno: &str, now: Moment) -> Value {
    let (drug, doctor) = (&ordered.stock.drug, &case.doctor.practitioner);
    json!({
        "feedetl_sn": feedetl_sn(case, at),
        "rxno": hi_rxno,
        "rx_circ_flag": "1",
        "fee_ocur_time": now.to_string(),
        "med_list_codg": drug.med_list_codg,
        "medins_list_codg": drug.med_list_codg,
        "det_item_fee_sumamt": number(amount(ordered)),
        "cnt": number(ordered.cnt),
        "pric": number(ordered.pric()),
        "prd_days": case.days,
        "bilg_dr_codg": doctor.prac_code,
        "bilg_dr_name": doctor.prac_name,
    })
}

fn trac_info(case: &Case<'_>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, ordered) in case.drugs.iter().enumerate().filter(|(_, ordered)| !ordered.stock.drug.trac_exempt) {
        for pack in 0..ordered.packs() {
            rows.push(json!({
                "feedetl_sn": feedetl_sn(case, at),
                "drug_trac_codg": case.trac_codg(at, pack as usize),
                "trdn_flag": "0",
            }));
        }
    }
    rows
}
