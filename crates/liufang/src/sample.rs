//! Real messages of every transaction, as a HIS and a pharmacy's POS would send them: for demo, bench, tests, `examples/`.
//!
//! A [`Case`] is one visit and one purchase; each builder gives the plaintext `data` of one transaction and takes
//! what earlier replies gave as arguments. Invariants: the normal case is lawful in Yichun; nothing here reads a clock.

#[cfg(test)]
mod clinic;
#[cfg(test)]
mod examples;
mod goods;
mod hospital;
mod pdf;
mod pharmacy;
mod placeholder;
mod settlement;
#[cfg(test)]
mod tour;

#[cfg(test)]
mod tests;

use anyhow::{Context, ensure};
use lf_vocab::{FixmedinsCode, FixmedinsKind, Moment, Pric, Qty};
use serde_json::{Number, Value};

use crate::region::{Doctor, Institution, Named, Patient, Pharmacist, Region, StockDrug};

#[cfg(test)]
pub use examples::examples;
pub use goods::{t3503, t3505a, t3506a, t3513};
pub use hospital::{t7101, t7102, t7103, t7104, t7105, t7106, t7107};
pub use pdf::rx_pdf;
pub use pharmacy::t7208;
pub use pharmacy::{t7201, t7204, t7205, t7206, t7207};
#[cfg(test)]
pub use pharmacy::{t7202, t7203, t7209, t7210, t7211};
pub use placeholder::{Filling, fill};
pub use settlement::{t2101, t2102, t2103};

/// The largest serial: nine digits.
pub const SERIAL_MAX: u64 = 999_999_999;

/// One visit, one prescription, one purchase.
#[derive(Clone)]
pub struct Case<'r> {
    /// When the message of 7101 leaves the hospital.
    pub now: Moment,
    /// Makes `hospRxno`, visit and 追溯码 of this case its own; at most [`SERIAL_MAX`].
    pub serial: u64,
    /// Where it is prescribed.
    pub hospital: &'r Institution,
    /// Who prescribes.
    pub doctor: &'r Doctor,
    /// Who reviews it in the hospital.
    pub hosp_pharmacist: &'r Pharmacist,
    /// For whom.
    pub patient: &'r Patient,
    /// Where it is bought.
    pub pharmacy: &'r Institution,
    /// Who reviews it there.
    pub pharmacist: &'r Pharmacist,
    /// What.
    pub drugs: Vec<Ordered<'r>>,
    /// Main diagnosis first.
    pub diagnoses: Vec<&'r Named>,
    /// 用药天数.
    pub days: i64,
    /// 有效天数.
    pub vali_days: i64,
    /// 处方类别.
    pub rx_type_code: String,
    /// 处方附加属性: `01` 双通道, `02` 门诊统筹.
    pub rx_exra_attr_code: String,
    /// 长期处方.
    pub long_rx: bool,
    /// 互联网医院问诊.
    pub internet: bool,
    /// The counter says that it printed the prescription (JX-3.4.3b).
    pub printed: bool,
}

/// The unit of a prescribed amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 最小包装单位, such as 盒.
    Pack,
    /// 最小制剂单位, such as 片.
    Preparation,
}

/// A drug as ordered.
#[derive(Clone)]
pub struct Ordered<'r> {
    /// The drug.
    pub stock: &'r StockDrug,
    /// How much.
    pub cnt: Qty,
    /// Of what.
    pub unit: Unit,
}

/// The two numbers of 7101.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// 医保处方编号.
    pub hi_rxno: String,
    /// 处方追溯码.
    pub rx_trace_code: String,
}

impl<'r> Case<'r> {
    /// The normal case: high blood pressure, two drugs, seven days, an employee, a 门诊统筹 pharmacy.
    ///
    /// # Errors
    /// When the region lacks what it needs, or the serial is too large.
    pub fn new(region: &'r Region, now: Moment, serial: u64) -> anyhow::Result<Self> {
        ensure!(serial <= SERIAL_MAX, "serial above {SERIAL_MAX}");
        let doctor = region.doctors.first().context("the region has no doctor")?;
        let pharmacy = region.of_kind(FixmedinsKind::Pharmacy).next().context("the region has no pharmacy")?;
        let mut case = Self {
            now,
            serial,
            hospital: region.institution(&doctor.practitioner.fixmedins_code).context("the doctor has no hospital")?,
            hosp_pharmacist: pharmacist(region, &doctor.practitioner.fixmedins_code)?,
            pharmacist: pharmacist(region, &pharmacy.fixmedins.fixmedins_code)?,
            doctor,
            pharmacy,
            patient: region.patients.first().context("the region has no patient")?,
            drugs: Vec::new(),
            diagnoses: vec![region.diagnosis("I10.x00x002")?, region.diagnosis("E78.500")?],
            days: 7,
            vali_days: 3,
            rx_type_code: "1".to_owned(),
            rx_exra_attr_code: "02".to_owned(),
            long_rx: false,
            internet: false,
            printed: true,
        };
        case.order(region.drug("苯磺酸氨氯地平片")?)?;
        case.order(region.drug("阿托伐他汀钙片")?)?;
        Ok(case)
    }

    /// A decoction of herbal pieces by a TCM doctor: pieces have no 追溯码.
    ///
    /// # Errors
    /// As [`Case::new`].
    #[cfg(test)]
    pub fn herbs(region: &'r Region, now: Moment, serial: u64) -> anyhow::Result<Self> {
        let mut case = Self::new(region, now, serial)?;
        let tcm = region.doctors.iter().find(|doctor| doctor.practitioner.tcm);
        case.prescribed_by(region, tcm.context("the region has no TCM doctor")?)?;
        case.rx_type_code = "2".to_owned();
        case.drugs.clear();
        for name in ["黄芪", "当归", "白术", "茯苓", "甘草", "陈皮"] {
            case.order(region.drug(name)?)?;
        }
        Ok(case)
    }

    /// Another doctor, with the own hospital and its pharmacist.
    ///
    /// # Errors
    /// When the region lacks them.
    #[cfg(test)]
    pub fn prescribed_by(&mut self, region: &'r Region, doctor: &'r Doctor) -> anyhow::Result<()> {
        let code = &doctor.practitioner.fixmedins_code;
        self.hospital = region.institution(code).context("the doctor has no hospital")?;
        self.hosp_pharmacist = pharmacist(region, code)?;
        self.doctor = doctor;
        Ok(())
    }

    /// Another pharmacy, with its first licensed pharmacist.
    ///
    /// # Errors
    /// When it has none.
    pub fn bought_at(&mut self, region: &'r Region, pharmacy: &'r Institution) -> anyhow::Result<()> {
        self.pharmacist = pharmacist(region, &pharmacy.fixmedins.fixmedins_code)?;
        self.pharmacy = pharmacy;
        Ok(())
    }

    /// Adds a drug in its usual dose for the case's days; by the pack where no daily count is known.
    ///
    /// # Errors
    /// When the amount is beyond the range.
    pub fn order(&mut self, stock: &'r StockDrug) -> anyhow::Result<()> {
        let ordered = match stock.day_cnt {
            Some(day_cnt) => {
                let cnt = day_cnt.get().checked_mul(self.days).context("the amount is out of range")?;
                Ordered { stock, cnt: Qty::new(cnt), unit: Unit::Preparation }
            }
            None => Ordered { stock, cnt: ONE, unit: Unit::Pack },
        };
        self.drugs.push(ordered);
        Ok(())
    }

    /// 开方时间.
    pub fn prsc_time(&self) -> Moment {
        self.now.plus_seconds(-60)
    }

    /// 定点医疗机构处方编号.
    pub fn hosp_rxno(&self) -> String {
        format!("CF{:09}", self.serial)
    }

    /// 医保就诊ID.
    pub fn mdtrt_id(&self) -> String {
        format!("{}9001{:09}", self.patient.person.poolarea_no, self.serial)
    }

    /// 追溯码 of the n-th pack of the n-th drug: 20 digits, the first an 8 as in 码上放心.
    pub fn trac_codg(&self, drug: usize, pack: usize) -> String {
        format!("81{drug:04}{pack:05}{:09}", self.serial)
    }
}

const ONE: Qty = Qty::new(10_000);

impl Ordered<'_> {
    /// As the message writes the unit.
    pub fn unit_name(&self) -> &str {
        match self.unit {
            Unit::Pack => &self.stock.drug.min_pacunt,
            Unit::Preparation => &self.stock.drug.min_prepunt,
        }
    }

    /// Whole packs that leave the shelf: an opened pack is a pack. Pieces without packs are weighed.
    pub fn packs(&self) -> i64 {
        let cnt = match self.unit {
            Unit::Pack => self.cnt.get(),
            Unit::Preparation => {
                let per_pack = self.stock.drug.min_pac_cnt.get().max(1);
                self.cnt.get().saturating_add(per_pack - 1) / per_pack * ONE.get()
            }
        };
        cnt.saturating_add(ONE.get() - 1) / ONE.get()
    }

    /// Yuan per ordered unit, rounded down so that it never exceeds the share of a payment standard.
    pub fn pric(&self) -> Pric {
        match self.unit {
            Unit::Pack => self.stock.pric,
            Unit::Preparation => {
                let per_pack = self.stock.drug.min_pac_cnt.get().max(1);
                Pric::new(self.stock.pric.get().saturating_mul(ONE.get()) / per_pack)
            }
        }
    }
}

impl Region {
    /// A diagnosis by code.
    ///
    /// # Errors
    /// When the region has none such.
    pub fn diagnosis(&self, code: &str) -> anyhow::Result<&Named> {
        self.diagnoses
            .iter()
            .find(|one| one.code == code)
            .with_context(|| format!("the region has no diagnosis {code}"))
    }
}

fn pharmacist<'r>(region: &'r Region, code: &FixmedinsCode) -> anyhow::Result<&'r Pharmacist> {
    let here = |one: &&Pharmacist| one.practitioner.fixmedins_code == *code && one.practitioner.licensed;
    region.pharmacists.iter().find(here).with_context(|| format!("{code} has no licensed pharmacist"))
}

/// A decimal as a JSON number without trailing zeros, so that every client writes it back the same.
fn number(decimal: impl ToString) -> Value {
    let text = decimal.to_string();
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Adds the fields of one object to another.
fn extend(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

fn flag(set: bool) -> &'static str {
    if set { "1" } else { "0" }
}
