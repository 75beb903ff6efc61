//! For how many days a prescribed quantity lasts, from dose, frequency and pack, in exact integers.
//!
//! Serves 7101 and HB-1.13, JX-2.5d: the days that a doctor states are compared with the days that the drugs last.
//! Invariants: nothing is guessed, a frequency or unit that is not understood is an answer of its own; days are rounded
//! so that a comparison with a whole number of days is exact; a pack is never split on paper, so the quantity without its last
//! pack is what says that less would have done.

use lf_vocab::Qty;

use crate::basket::{Packing, Unit};
use crate::content::RxDrug;

/// How often a drug is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Days of a period.
    pub period_days: u32,
    /// Times in a period.
    pub times: u32,
}

/// What is known of a frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// So often.
    Every(Rhythm),
    /// 必要时, 立即: a frequency without rhythm, by which nothing can be counted.
    NoRhythm,
    /// In no table.
    Unknown,
}

/// How long a quantity lasts, in hundredths of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// All of it, rounded up.
    pub days: i64,
    /// Without its last pack, rounded down: so long would one pack less have lasted.
    pub days_less: i64,
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// The frequency is in no table.
    Frequency,
    /// No frequency was sent.
    NoFrequency,
    /// No dose was sent, or it is nothing.
    NoDose,
    /// The dose counts in a unit that neither the pack nor the strength explains.
    DoseUnit,
    /// The quantity counts in such a unit.
    QuantityUnit,
    /// Beyond what can be counted.
    Range,
}

impl Untold {
    /// In words for the doctor.
    pub const fn cn(self) -> &'static str {
        match self {
            Self::Frequency => "使用频次不在频次表内",
            Self::NoFrequency => "没有填写使用频次",
            Self::NoDose => "没有填写单次用量",
            Self::DoseUnit => "单次剂量单位与药品包装、规格对不上",
            Self::QuantityUnit => "总用药量单位与药品包装对不上",
            Self::Range => "用量超出可计算的范围",
        }
    }
}

impl Frequency {
    /// What the national dictionary `used_frqu` says of a code.
    pub fn national(code: &str) -> Self {
        let (period_days, times) = match code {
            "11" | "41" => (1, 1),
            "12" | "37" => (1, 2),
            "13" | "36" => (1, 3),
            "14" | "35" => (1, 4),
            "33" => (1, 6),
            "32" => (1, 12),
            "31" => (1, 24),
            // Every five hours is 24 times in five days.
            "34" => (5, 24),
            "21" => (7, 1),
            "22" => (7, 2),
            "23" => (7, 3),
            "42" => (2, 1),
            "43" => (5, 1),
            "44" => (10, 1),
            // 12小时维持, 24小时维持, 立即, 必要时.
            "51" | "52" | "61" | "62" => return Self::NoRhythm,
            _ => return Self::Unknown,
        };
        Self::Every(Rhythm { period_days, times })
    }
}

/// How long a prescribed drug lasts; `None` where its frequency has no rhythm.
///
/// # Errors
/// Why it cannot be told.
pub fn supply(
    drug: &RxDrug,
    packing: &Packing,
    spec_name: &str,
    frequency: Frequency,
) -> Result<Option<Supply>, Untold> {
    let rhythm = match frequency {
        Frequency::Every(rhythm) if rhythm.times > 0 && rhythm.period_days > 0 => rhythm,
        Frequency::NoRhythm => return Ok(None),
        Frequency::Every(_) | Frequency::Unknown => return Err(Untold::Frequency),
    };
    let unit = packing.unit(&drug.drug_dosunt).ok_or(Untold::QuantityUnit)?;
    let in_pack = i128::from(packing.min_pac_cnt.get().max(1));
    let total = match unit {
        Unit::Pack => i128::from(drug.drug_cnt.get()) * in_pack,
        Unit::Prep => i128::from(drug.drug_cnt.get()) * SCALE,
    };
    let dose = dose(drug, packing, spec_name)?;
    let lasts = Lasts { rhythm, dose };
    let days = lasts.hundredths(total, true).ok_or(Untold::Range)?;
    let packs = packing.packs_up(drug.drug_cnt, unit).ok_or(Untold::Range)?;
    let days_less = if packing.sold_loose() {
        // Any part of it can be left out: less would have done as soon as it lasts longer.
        days - 1
    } else {
        let fewer = i128::from(packs.get() / ONE - 1).max(0) * i128::from(ONE) * in_pack;
        lasts.hundredths(fewer, false).ok_or(Untold::Range)?
    };
    Ok(Some(Supply { days, days_less }))
}

/// One, as a quantity is scaled; of two factors the square of it.
const ONE: i64 = 10_000;
const SCALE: i128 = 10_000;

/// Preparation units of one dose, as a fraction of scaled numbers.
#[derive(Clone, Copy)]
struct Dose {
    cnt: i128,
    of: i128,
}

#[derive(Clone, Copy)]
struct Lasts {
    rhythm: Rhythm,
    dose: Dose,
}

impl Lasts {
    /// `total` counts preparation units, scaled twice.
    fn hundredths(self, total: i128, up: bool) -> Option<i64> {
        let above = total.checked_mul(i128::from(self.rhythm.period_days) * 100)?.checked_mul(self.dose.of)?;
        let below = self.dose.cnt.checked_mul(i128::from(self.rhythm.times))?.checked_mul(SCALE)?;
        let rounded = if up { above.checked_add(below - 1)? } else { above };
        i64::try_from(rounded.checked_div(below)?).ok()
    }
}

fn dose(drug: &RxDrug, packing: &Packing, spec_name: &str) -> Result<Dose, Untold> {
    let cnt = drug.sin_doscnt.filter(|cnt| *cnt > Qty::ZERO).ok_or(Untold::NoDose)?;
    let cnt = i128::from(cnt.get());
    let text = drug.sin_dosunt.as_deref().ok_or(Untold::NoDose)?;
    match packing.unit(text) {
        // A pack that is its own preparation unit counts either way.
        Some(Unit::Prep) => Ok(Dose { cnt, of: 1 }),
        Some(Unit::Pack) => Ok(Dose { cnt: cnt * i128::from(packing.min_pac_cnt.get()), of: SCALE }),
        None => {
            let (kind, size) = measure(text).ok_or(Untold::DoseUnit)?;
            let (of_kind, strength) = strength(spec_name).ok_or(Untold::DoseUnit)?;
            if kind != of_kind {
                return Err(Untold::DoseUnit);
            }
            Ok(Dose { cnt: cnt * size, of: strength / SCALE })
        }
    }
}

/// Weight or volume, and how many millionths of its gram or litre a unit is.
fn measure(text: &str) -> Option<(char, i128)> {
    Some(match text.trim() {
        "μg" | "ug" | "微克" => ('g', 1),
        "mg" | "毫克" => ('g', 1_000),
        "g" | "克" => ('g', 1_000_000),
        "ml" | "mL" | "毫升" => ('l', 1_000),
        "L" | "升" => ('l', 1_000_000),
        _ => return None,
    })
}

/// What one preparation unit holds, in scaled millionths, where a specification begins with just that: `80mg`, `0.25g×24粒`.
/// A concentration (`5ml:10mg`) says something else and is not read.
fn strength(spec_name: &str) -> Option<(char, i128)> {
    let spec = spec_name.trim();
    if spec.contains([':', '：', '%']) {
        return None;
    }
    let end = spec.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
    let (number, rest) = spec.split_at(end);
    let unit_end = rest.find(|sign: char| !sign.is_alphabetic()).unwrap_or(rest.len());
    let (unit, tail) = rest.split_at(unit_end);
    // `×` and `*` begin the count of a pack, brackets and slashes a remark; an `x` would be read as part of the unit.
    if !(tail.is_empty() || tail.starts_with(['×', '*', '(', '（', '/', ' '])) {
        return None;
    }
    let (kind, size) = measure(unit)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 4 {
        return None;
    }
    let scaled: i128 = format!("{whole}{part:0<4}").parse().ok()?;
    // A strength below a millionth of a gram would be lost.
    (scaled > 0 && scaled * size % SCALE == 0).then_some((kind, scaled * size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qty(text: &str) -> Qty {
        text.parse().unwrap()
    }

    fn drug(dose: (&str, &str), cnt: (&str, &str)) -> RxDrug {
        let mut drug: RxDrug = serde_json::from_value(serde_json::json!({
            "med_list_codg": "XC08CAA133A001010100002", "rx_item_type_code": "11", "drug_genname": "氨氯地平片",
            "drug_dosform": "片剂", "drug_spec": "5mg", "medc_begntime": 0,
            "medc_endtime": 0, "medc_days": 70_000, "drug_dosunt": cnt.1, "drug_cnt": 0,
            "hosp_appr_flag": "0",
        }))
        .unwrap();
        drug.sin_doscnt = Some(qty(dose.0));
        drug.sin_dosunt = Some(dose.1.to_owned());
        drug.drug_cnt = qty(cnt.0);
        drug
    }

    fn packing() -> Packing {
        Packing { min_pacunt: "盒".to_owned(), min_prepunt: "片".to_owned(), min_pac_cnt: qty("7") }
    }

    fn told(dose: (&str, &str), cnt: (&str, &str), code: &str) -> Result<(i64, i64), Untold> {
        let frequency = Frequency::national(code);
        let supply = supply(&drug(dose, cnt), &packing(), "5mg×7片", frequency)?.unwrap();
        Ok((supply.days, supply.days_less))
    }

    // proves JX-2.5d
    #[test]
    fn days_follow_from_dose_frequency_and_pack() {
        for (dose, cnt, code, days) in [
            (("1", "片"), ("1", "盒"), "11", (700, 0)),
            (("1", "片"), ("2", "盒"), "11", (1_400, 700)),
            (("1", "片"), ("14", "片"), "11", (1_400, 700)),
            (("1", "片"), ("8", "片"), "11", (800, 700)),
            (("2", "片"), ("3", "盒"), "12", (525, 350)),
            (("5", "mg"), ("2", "盒"), "11", (1_400, 700)),
            (("2.5", "mg"), ("1", "盒"), "11", (1_400, 0)),
            (("0.005", "g"), ("1", "盒"), "12", (350, 0)),
            (("5000", "μg"), ("1", "盒"), "11", (700, 0)),
            (("1", "盒"), ("2", "盒"), "21", (1_400, 700)),
            // A third of a day is never rounded away: 7 tablets, three times a day.
            (("1", "片"), ("1", "盒"), "13", (234, 0)),
            (("1", "片"), ("3", "盒"), "13", (700, 466)),
            (("1", "片"), ("1", "盒"), "34", (146, 0)),
            (("1", "片"), ("1", "盒"), "42", (1_400, 0)),
        ] {
            assert_eq!(told(dose, cnt, code), Ok(days), "{dose:?} {cnt:?} {code}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (dose, cnt, code, why) in [
            (("1", "片"), ("1", "盒"), "99", Untold::Frequency),
            (("1", "片"), ("1", "盒"), "", Untold::Frequency),
            (("0", "片"), ("1", "盒"), "11", Untold::NoDose),
            (("1", "支"), ("1", "盒"), "11", Untold::DoseUnit),
            (("1", "ml"), ("1", "盒"), "11", Untold::DoseUnit),
            (("1", "片"), ("1", "支"), "11", Untold::QuantityUnit),
        ] {
            assert_eq!(told(dose, cnt, code), Err(why), "{dose:?} {cnt:?} {code}");
            assert!(!why.cn().is_empty());
        }
        let no_rhythm = supply(&drug(("1", "片"), ("9", "盒")), &packing(), "5mg", Frequency::national("62"));
        assert_eq!(no_rhythm, Ok(None));
        let nonsense = Frequency::Every(Rhythm { period_days: 1, times: 0 });
        assert_eq!(supply(&drug(("1", "片"), ("9", "盒")), &packing(), "5mg", nonsense), Err(Untold::Frequency));
        let most = drug(("0.0001", "片"), ("900000000000000", "盒"));
        assert_eq!(supply(&most, &packing(), "5mg", Frequency::national("44")), Err(Untold::Range));
    }

    #[test]
    fn strength_is_read_only_where_it_is_plain() {
        for (spec, want) in [
            ("80mg", Some(('g', 80_000 * 10_000))),
            ("0.25g×24粒", Some(('g', 250_000 * 10_000))),
            ("5mg*7片/盒", Some(('g', 5_000 * 10_000))),
            ("10ml", Some(('l', 10_000 * 10_000))),
            ("100μg", Some(('g', 100 * 10_000))),
            ("5ml:10mg", None),
            ("5ml：10mg", None),
            ("0.9%", None),
            ("规格", None),
            ("7片", None),
            ("0mg", None),
            ("0.00001mg", None),
            ("80mgx7片", None),
        ] {
            assert_eq!(strength(spec), want, "{spec}");
        }
    }

    #[test]
    fn what_is_sold_loose_has_no_last_pack() {
        let loose = Packing { min_pacunt: "克".to_owned(), min_prepunt: "克".to_owned(), min_pac_cnt: qty("1") };
        let grams = supply(&drug(("10", "克"), ("71", "克")), &loose, "", Frequency::national("11"));
        assert_eq!(grams, Ok(Some(Supply { days: 710, days_less: 709 })));
    }
}
