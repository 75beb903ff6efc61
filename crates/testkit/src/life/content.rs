//! What a prescription says in a test: all that 7101 requires, from a person and a list of things.

use lf_ports::Person;
use lf_rx::RxContent;
use lf_vocab::{Fen, MedListCodg, Moment, Pric, Qty};
use serde_json::{Value, json};

use super::parse;
use crate::region::{DOCTOR, HOSPITAL, catalogue, drugs};

/// One thing that is prescribed and bought.
#[derive(Debug, Clone)]
pub struct Item {
    /// The drug.
    pub med_list_codg: MedListCodg,
    /// Its generic name.
    pub genname: String,
    /// How much the doctor prescribed.
    pub drug_cnt: Qty,
    /// In which unit.
    pub drug_dosunt: String,
    /// How many packs are sold.
    pub packs: Qty,
    /// Price of the unit in which the doctor prescribed.
    pub pric: Pric,
    /// What the line costs.
    pub det_item_fee_sumamt: Fen,
}

impl Item {
    /// Packs prescribed as packs.
    pub fn packs(med_list_codg: &str, genname: &str, packs: &str, pric: &str) -> Self {
        let (packs, pric): (Qty, Pric) = (parse(packs), parse(pric));
        Self {
            med_list_codg: parse(med_list_codg),
            genname: genname.to_owned(),
            drug_cnt: packs,
            drug_dosunt: "盒".to_owned(),
            packs,
            pric,
            det_item_fee_sumamt: pric.times(packs).unwrap_or(Fen::ZERO),
        }
    }

    /// Two packs of 甲类 at 12.50 yuan.
    pub fn amoxicillin() -> Self {
        Self::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "2", "12.5")
    }
}

/// A prescription over seven days, valid for three, that the law of the region has nothing against.
pub fn content(person: &Person, now: Moment, hosp_rxno: &str, items: &[Item]) -> RxContent {
    let text = json!({
        "head": head(person, now, hosp_rxno, items),
        "rxdrugdetail": items.iter().map(|item| drug(item, now)).collect::<Vec<_>>(),
        "mdtrtinfo": visit(person, now),
        "diseinfo": [disease(now)],
    });
    // Fields that are not written are absent; so this stands whatever optional field the interface gets.
    serde_json::from_value(text).unwrap_or_else(|error| panic!("{error}"))
}

fn head(person: &Person, now: Moment, hosp_rxno: &str, items: &[Item]) -> Value {
    json!({
        "mdtrt_cert_type": "01",
        "mdtrt_cert_no": person.ec_token,
        "biz_type_code": "01",
        "rx_exra_attr_code": "02",
        "ec_token": person.ec_token,
        "insu_plc_no": "360900",
        "mdtrtarea_no": "360900",
        "hosp_rxno": hosp_rxno,
        "rx_type_code": "1",
        "prsc_time": now,
        "rx_drug_cnt": Qty::new(items.len() as i64 * 10_000),
        "vali_days": 3,
        "vali_end_time": now.plus_days(3),
        "rept_flag": "0",
        "long_rx_flag": false,
    })
}

fn drug(item: &Item, now: Moment) -> Value {
    // The unit in which the catalogue counts a dose, so that the days of supply can be told.
    let listed = catalogue().into_iter().find(|drug| drug.med_list_codg == item.med_list_codg);
    let unit = listed.map_or_else(|| "粒".to_owned(), |drug| drug.min_prepunt);
    json!({
        "med_list_codg": item.med_list_codg,
        "rx_item_type_code": "11",
        "drug_genname": item.genname,
        "drug_dosform": "片剂",
        "drug_spec": "规格",
        "medc_way_codg": "1",
        "medc_way_dscr": "口服",
        "medc_begntime": now,
        "medc_endtime": now.plus_days(7),
        "medc_days": 70_000,
        "sin_dosunt": unit,
        "sin_doscnt": 10_000,
        "used_frqu_codg": "31",
        "used_frqu_name": "每小时一次（qh）",
        "drug_dosunt": item.drug_dosunt,
        "drug_cnt": item.drug_cnt,
        "hosp_appr_flag": "1",
    })
}

fn visit(person: &Person, now: Moment) -> Value {
    json!({
        "fixmedins_name": "宜春某医院",
        "fixmedins_code": HOSPITAL,
        "mdtrt_id": "MD0001",
        "med_type": "11",
        "ipt_otp_no": "OP0001",
        "otp_ipt_flag": "1",
        "psn_no": person.psn_no,
        "patn_name": person.psn_name,
        "psn_cert_type": person.psn_cert_type,
        "certno": person.certno,
        "patn_age": i64::from(now.day().since(person.brdy)) * 10_000 / 365,
        "gend": person.gend,
        "prsc_dept_name": "全科",
        "prsc_dept_code": "A02",
        "dr_code": DOCTOR,
        "prsc_dr_name": "丁医师",
        "dr_profttl_codg": "233",
        "dr_profttl_name": "主治医师",
        "dr_dept_code": "A02",
        "dr_dept_name": "全科",
        "mdtrt_time": now.plus_seconds(-600),
        "sp_dise_flag": "0",
        "maindiag_code": "J06.900",
        "maindiag_name": "急性上呼吸道感染",
    })
}

fn disease(now: Moment) -> Value {
    json!({
        "diag_type": "1",
        "maindiag_flag": "1",
        "diag_srt_no": 1,
        "diag_code": "J06.900",
        "diag_name": "急性上呼吸道感染",
        "diag_dept": "全科",
        "diag_dr_no": DOCTOR,
        "diag_dr_name": "丁医师",
        "diag_time": now.plus_seconds(-300),
    })
}
