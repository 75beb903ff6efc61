//! The pharmacy's messages: 7201 to 7211.

use lf_vocab::{Fen, Moment, Qty};
use serde_json::{Value, json};

use super::{Case, Issued, ONE, Ordered, extend, number};

/// What a till sends of itself.
const DEV_INFO: &str = "POS-01";
/// A documentation address (RFC 5737).
const IP_INFO: &str = "192.0.2.10";

/// 7201 电子处方线下流转授权, by the credential that the person shows.
pub fn t7201(case: &Case<'_>) -> Value {
    let person = &case.patient.person;
    let mut data = operator(case);
    extend(
        &mut data,
        json!({
            "psnName": person.psn_name,
            "psnCertType": person.psn_cert_type,
            "certno": person.certno,
            "ecToken": person.ec_token,
            "outFlag": "0",
        }),
    );
    data
}

/// 7202 电子处方线上流转查询: what the patient chose in a channel.
#[cfg(test)]
pub fn t7202(case: &Case<'_>, hi_rxno: &str, auth_circ_biz_sn: &str) -> Value {
    let mut body = json!({
        "hiRxno": hi_rxno,
        "authCircBizSn": auth_circ_biz_sn,
        "epcChnlId": "DEMOCHANNEL",
    });
    extend(&mut body, operator(case));
    body
}

/// 7203 电子处方二维码解码.
#[cfg(test)]
pub fn t7203(case: &Case<'_>, epc_qrcd: &str) -> Value {
    let mut data = operator(case);
    extend(&mut data, json!({ "epcQrcd": epc_qrcd, "devInfo": DEV_INFO }));
    data
}

/// 7204 电子处方下载, with a token of 7201 or 7203.
pub fn t7204(case: &Case<'_>, epc_token: &str, auth_rxno: &str) -> Value {
    let mut data = operator(case);
    extend(&mut data, json!({ "epcToken": epc_token, "authRxno": auth_rxno, "devInfo": DEV_INFO }));
    data
}

/// 7205 电子处方签名验签, with the file of 7204.
pub fn t7205(case: &Case<'_>, issued: &Issued, rx_file: &str, epc_token: &str) -> Value {
    json!({
        "hiRxno": issued.hi_rxno,
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "rxTraceCode": issued.rx_trace_code,
        "rxFile": rx_file,
        "epcToken": epc_token,
    })
}

/// 7206 电子处方审核信息上传: passed, or refused with a reason.
pub fn t7206(
    case: &Case<'_>,
    hi_rxno: &str,
    epc_token: &str,
    rx_sign_verify_sn: &str,
    passed: bool,
    now: Moment,
) -> Value {
    let pharmacist = &case.pharmacist.practitioner;
    let (code, opinion) =
        if passed { ("1", "用药与诊断相符，剂量适宜") } else { ("0", "与患者现用药品重复") };
    json!({
        "hiRxno": hi_rxno,
        "epcToken": epc_token,
        "ecToken": pharmacist.ec_token,
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "fixmedinsName": case.pharmacy.fixmedins.fixmedins_name,
        "pharCertType": "01",
        "pharCertno": pharmacist.certno,
        "pharName": pharmacist.prac_name,
        "pharCode": pharmacist.prac_code,
        "rxChkOpnn": opinion,
        "rxChkStasCodg": code,
        "rxChkTime": now.to_string(),
        "rxSignVerifySn": rx_sign_verify_sn,
    })
}

/// 7207 药品销售出库明细上传: one row a pack with its own 追溯码; weighed pieces have one row and no code.
pub fn t7207(case: &Case<'_>, hi_rxno: &str, rx_chk_biz_sn: &str, now: Moment) -> Value {
    let pharmacist = &case.pharmacist.practitioner;
    json!({
        "hiRxno": hi_rxno,
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "fixmedinsName": case.pharmacy.fixmedins.fixmedins_name,
        "rchkPharCertType": "01",
        "rchkPharCertno": pharmacist.certno,
        "rchkPharName": pharmacist.prac_name,
        "rxChkBizSn": rx_chk_biz_sn,
        "hiFeesetlFlag": "1",
        "rxSaleDrugDetl": sale_rows(case, now),
    })
}

/// 7208 药品销售出库明细撤销.
pub fn t7208(case: &Case<'_>, hi_rxno: &str, sel_stoout_sn: &str) -> Value {
    json!({
        "hiRxno": hi_rxno,
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "hiFeesetlFlag": "1",
        "selStooutSn": sel_stoout_sn,
    })
}

/// 7209 药品配送信息同步: handed to the carrier (网订店送). What the interface has no field for stands in `extras`.
#[cfg(test)]
pub fn t7209(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno,
        "delvNo": format!("PS{:09}", case.serial),
        "delvAddr": "宜春市袁州区示例路1号",
        "delvDtce": number("1.5"),
        "delvEntpNo": "PSQY0001",
        "delvEntpName": "宜春示例医药物流有限公司",
        "delverCertType": "01",
        "delverCertno": COURIER_CERTNO,
        "delverName": "送小样",
        "delverTel": "13900000000",
        "delvStasCodg": "1",
        "delvStasName": "配送中",
        "delvStasTime": now.to_string(),
        "delvConner": case.patient.person.psn_name,
        "delvConTel": "13900000001",
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "fixmedinsName": case.pharmacy.fixmedins.fixmedins_name,
        "extras": {
            "delv_way": "2",
            "hdov_name": case.pharmacist.practitioner.prac_name,
            "delv_entp_lic_no": "赣药储运0001",
            "delv_entp_lic_end": "2029-12-31",
            "cold_chain_flag": "0",
        },
    })
}

/// 7210 药品配送签收确认: the patient takes it.
#[cfg(test)]
pub fn t7210(case: &Case<'_>, hi_rxno: &str, now: Moment) -> Value {
    json!({
        "hiRxno": hi_rxno,
        "delvNo": format!("PS{:09}", case.serial),
        "delverCertType": "01",
        "delverCertno": COURIER_CERTNO,
        "delverName": "送小样",
        "delvStasTime": now.to_string(),
        "chkWayCodg": "2",
        "extras": { "rcvr_name": case.patient.person.psn_name, "rcvr_rltn": "本人" },
    })
}

/// The courier's certificate, made up with the right check digit.
#[cfg(test)]
const COURIER_CERTNO: &str = "360902199001011236";

/// 7211 流转药品目录查询, by part of a name.
#[cfg(test)]
pub fn t7211(case: &Case<'_>, drug_name: &str) -> Value {
    json!({
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "drugName": drug_name,
        "pageNum": 1,
        "pageSize": 20,
    })
}

fn operator(case: &Case<'_>) -> Value {
    json!({
        "fixmedinsCode": case.pharmacy.fixmedins.fixmedins_code,
        "ipInfo": IP_INFO,
        "opter": "0001",
        "opterName": "收银一号",
        "optinsNo": case.pharmacy.fixmedins.fixmedins_code,
    })
}

fn sale_rows(case: &Case<'_>, now: Moment) -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, ordered) in case.drugs.iter().enumerate() {
        if ordered.stock.drug.trac_exempt {
            rows.push(sale_row(case, ordered, ordered.cnt, None, now));
            continue;
        }
        for pack in 0..ordered.packs() {
            let code = case.trac_codg(at, pack as usize);
            rows.push(sale_row(case, ordered, ONE, Some(code), now));
        }
    }
    rows
}

fn sale_row(case: &Case<'_>, ordered: &Ordered<'_>, packs: Qty, trac_codg: Option<String>, now: Moment) -> Value {
    let drug = &ordered.stock.drug;
    let mut row = json!({
        "rtalDocno": format!("LS{:09}", case.serial),
        "stooutNo": format!("CK{:09}", case.serial),
        "stooutTime": now.to_string(),
        "medListCodg": drug.med_list_codg,
        "medinsListCodg": drug.med_list_codg,
        "drugGenname": drug.genname,
        "drugSpec": drug.spec_name,
        "drugDosform": drug.dosform_name,
        "prdrName": drug.prdr_name,
        "manuLotnum": "20260301",
        "drugTotlcnt": number(packs),
        "drugTotlcntEmp": drug.min_pacunt,
        "drugSumamt": number(ordered.stock.pric.times(packs).unwrap_or(Fen::ZERO)),
    });
    if let Some(approval) = &drug.aprvno {
        extend(&mut row, json!({ "aprvno": approval }));
    }
    if let Some(code) = trac_codg {
        extend(&mut row, json!({ "drugTraceCodg": code }));
    }
    row
}
