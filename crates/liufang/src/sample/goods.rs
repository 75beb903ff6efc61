//! Goods of a case as the pharmacy's 进销存 tells them: bought (3503), sold for the prescription (3505A), back (3506A), asked for
//! (3513).

use lf_vocab::Moment;
use serde_json::{Value, json};

use super::{Case, Ordered};

/// Packs bought of each drug.
const BOUGHT: u32 = 100;

/// The lot of the n-th drug.
fn fixmedins_bchno(case: &Case<'_>, at: usize) -> String {
    format!("PC{:09}{at:03}", case.serial)
}

fn goods(case: &Case<'_>, at: usize, ordered: &Ordered<'_>) -> Value {
    let drug = &ordered.stock.drug;
    json!({
        "med_list_codg": drug.med_list_codg, "fixmedins_hilist_id": drug.med_list_codg,
        "fixmedins_hilist_name": drug.genname, "fixmedins_bchno": fixmedins_bchno(case, at), "rx_flag": "1",
        "manu_lotnum": "20260301", "manu_date": "2026-03-01", "expy_end": "2099-02-28",
    })
}

/// 3503 商品采购 of the n-th drug.
pub fn t3503(case: &Case<'_>, at: usize, ordered: &Ordered<'_>, now: Moment) -> Value {
    let mut row = goods(case, at, ordered);
    super::extend(
        &mut row,
        json!({
            "spler_name": "样例医药有限公司", "prodentp_name": ordered.stock.drug.prdr_name,
            "aprvno": ordered.stock.drug.aprvno.as_deref().unwrap_or("国药准字H20260001"), "purc_retn_cnt": BOUGHT,
            "purc_invo_no": format!("{:08}{at}", case.serial), "purc_retn_stoin_time": now.to_string(),
            "purc_retn_opter_name": "收货一号",
        }),
    );
    json!({ "purcinfo": row })
}

/// 3505A 商品销售 of all drugs for the prescription, or at the counter with none.
pub fn t3505a(case: &Case<'_>, hi_rxno: Option<&str>, now: Moment) -> Value {
    let pharmacist = &case.pharmacist.practitioner;
    let rows = case.drugs.iter().enumerate().map(|(at, ordered)| {
        let mut row = moved(case, at, ordered, now);
        super::extend(
            &mut row,
            json!({
                "prsc_dr_name": case.doctor.practitioner.prac_name, "phar_name": pharmacist.prac_name,
                "phar_prac_cert_no": pharmacist.certno, "phar_no": pharmacist.prac_code, "hi_feesetl_type": "0",
                "rtal_docno": format!("{}{:09}", if hi_rxno.is_some() { "LS" } else { "LX" }, case.serial),
                "drug_prod_barc": "NDPB999", "MDTRT_SETL_TYPE": if hi_rxno.is_some() { "1" } else { "2" },
                "rx_circ_flag": if hi_rxno.is_some() { "1" } else { "0" }, "rxno": hi_rxno.unwrap_or_default(),
            }),
        );
        row
    });
    json!({ "selinfoDetail": rows.collect::<Vec<_>>() })
}

/// 3506A 商品销售退货 of all that 3505A sold.
pub fn t3506a(case: &Case<'_>, now: Moment) -> Value {
    let rows = case.drugs.iter().enumerate().map(|(at, ordered)| moved(case, at, ordered, now));
    json!({ "selinfoDetail": rows.collect::<Vec<_>>() })
}

fn moved(case: &Case<'_>, at: usize, ordered: &Ordered<'_>, now: Moment) -> Value {
    let person = &case.patient.person;
    let packs = ordered.packs();
    let codes = (0..packs).map(|pack| json!({ "drug_trac_codg": case.trac_codg(at, pack as usize) }));
    let mut row = goods(case, at, ordered);
    super::extend(
        &mut row,
        json!({
            "mdtrt_sn": format!("LS{:09}", case.serial), "psn_no": person.psn_no, "psn_cert_type": person.psn_cert_type,
            "certno": person.certno, "psn_name": person.psn_name, "trdn_flag": "0", "sel_retn_cnt": packs,
            "finl_trns_pric": ordered.pric().to_string(), "sel_retn_time": now.to_string(),
            "sel_retn_opter_name": "收银一号", "drugtracinfo": codes.collect::<Vec<_>>(),
        }),
    );
    row
}

/// 3513 商品销售追溯信息查询, of the first drug's lot.
pub fn t3513(case: &Case<'_>, now: Moment) -> Value {
    let day = now.day().to_string();
    json!({ "data": {
        "fixmedins_code": case.pharmacy.fixmedins.fixmedins_code, "fixmedins_bchno": fixmedins_bchno(case, 0),
        "begndate": day, "enddate": day,
    } })
}
