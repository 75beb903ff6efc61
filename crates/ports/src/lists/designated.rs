//! 三定 and lists of drugs: who is designated in a 统筹区 for what, and which drugs a place has put under which rules.
//!
//! Serves WH-6.2, DG-3.1a, DG-3.1b, WH-1.1, GX-1.1a, DG-3.3b, WH-5.2. Invariants: a designation counts on the days of its own span as far as the
//! register's edition is in force; a list of drugs counts for the place that it names and for all below.

use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Pric, Span};
use serde::{Deserialize, Serialize};

/// For what an institution, pharmacy or doctor is designated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DsgnType {
    /// 双通道.
    Dualchnl,
    /// 单独支付药品.
    Spay,
    /// 门诊慢特病, 门特.
    Opsp,
    /// 门诊统筹.
    Oppool,
    /// 省内异地直接结算.
    Cross,
    /// “互联网+”医保服务补充协议.
    Itnt,
}

impl DsgnType {
    /// All.
    pub const ALL: [Self; 6] = [Self::Dualchnl, Self::Spay, Self::Opsp, Self::Oppool, Self::Cross, Self::Itnt];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dualchnl => "dualchnl",
            Self::Spay => "spay",
            Self::Opsp => "opsp",
            Self::Oppool => "oppool",
            Self::Cross => "cross",
            Self::Itnt => "itnt",
        }
    }

    /// The words of forms.
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "双通道" => Self::Dualchnl,
            "单独支付" => Self::Spay,
            "门特" | "慢特病" | "门诊慢特病" | "门诊特定病种" => Self::Opsp,
            "门诊统筹" => Self::Oppool,
            "省内异地" | "异地直接结算" | "省内异地直接结算" => Self::Cross,
            "互联网+" | "互联网＋" | "互联网" => Self::Itnt,
            other => return Self::ALL.into_iter().find(|kind| kind.word() == other),
        })
    }
}

/// A designation (三定): of an institution or pharmacy as a whole, or of a doctor there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Designation {
    /// 统筹区 whose agency designated.
    pub poolarea_no: Admdvs,
    /// For what.
    pub dsgn_type: DsgnType,
    /// The institution or pharmacy, or where the doctor works.
    pub fixmedins_code: FixmedinsCode,
    /// 责任医师; without one the institution itself is designated.
    pub dr_code: Option<String>,
    /// Only for this drug; of doctors only.
    pub med_list_codg: Option<MedListCodg>,
    /// Only for this 病种.
    pub opsp_dise_code: Option<String>,
    /// While.
    pub span: Span<Day>,
    /// The paper: number of the filing or notice.
    pub filing_no: String,
}

/// Whose designations a row is one of. Lists of one purpose are often published side by side, so a place may keep those of
/// one side only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DsgnSide {
    /// Institutions that prescribe.
    Hospital,
    /// Pharmacies.
    Pharmacy,
    /// Doctors, wherever they work.
    Doctor,
}

impl DsgnSide {
    /// All.
    pub const ALL: [Self; 3] = [Self::Hospital, Self::Pharmacy, Self::Doctor];

    /// Of an institution or pharmacy itself.
    pub fn of(code: &FixmedinsCode) -> Self {
        match code.kind() {
            FixmedinsKind::Hospital => Self::Hospital,
            FixmedinsKind::Pharmacy => Self::Pharmacy,
        }
    }

    /// What the keys of its rows look like behind their place and purpose, for SQL's `LIKE`: twelve signs of an institution, then
    /// the doctor or nobody.
    pub const fn like(self) -> &'static str {
        match self {
            Self::Hospital => "H___________||%",
            Self::Pharmacy => "P___________||%",
            Self::Doctor => "____________|D%",
        }
    }
}

impl Designation {
    /// Rows of one institution or doctor in one 统筹区 and for one purpose stand together.
    pub(super) fn key(&self) -> String {
        let drug = self.med_list_codg.as_ref().map(MedListCodg::as_str).unwrap_or_default();
        let dise = self.opsp_dise_code.as_deref().unwrap_or_default();
        [&*self.first(), drug, dise, &self.span.from().to_string()].join("|")
    }

    /// The part of its key by which it is asked for.
    pub fn first(&self) -> String {
        Self::first_of(self.poolarea_no, self.dsgn_type, &self.fixmedins_code, self.dr_code.as_deref())
    }

    /// The part of the key under which stand the rows of an institution itself, or of a doctor there.
    pub fn first_of(place: Admdvs, of: DsgnType, code: &FixmedinsCode, dr_code: Option<&str>) -> String {
        format!("{}|{code}|{}", Self::kept_of(place, of), dr_code.unwrap_or_default())
    }

    /// The part of the key under which stand all rows of a 统筹区 for one purpose.
    pub fn kept_of(place: Admdvs, of: DsgnType) -> String {
        format!("{place}|{}", of.word())
    }

    /// Whether it is for a drug: for all, or for this one by name.
    pub fn covers(&self, drug: &MedListCodg) -> bool {
        self.med_list_codg.as_ref().is_none_or(|own| own == drug)
    }

    /// Whether it counts on a day for a 病种, where one is asked for.
    pub fn counts(&self, on: Day, dise: Option<&str>) -> bool {
        let fits = match (self.opsp_dise_code.as_deref(), dise) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        };
        fits && self.span.contains(on)
    }
}

/// Lists of drugs that a place keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagList {
    /// 单独支付药品目录.
    Spay,
    /// What belongs to the 双通道 range beside the 谈判药品 of the catalogue.
    Dual,
    /// 门诊慢特病 and the drugs of each.
    Opsp,
    /// 协议期内谈判药品 that failed renewal, paid on in a transition.
    Renewal,
}

impl TagList {
    /// All.
    pub const ALL: [Self; 4] = [Self::Spay, Self::Dual, Self::Opsp, Self::Renewal];

    /// The stored word, which is also the kind of `liufang import`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Spay => "spay_drug",
            Self::Dual => "dual_drug",
            Self::Opsp => "opsp_drug",
            Self::Renewal => "renewal_drug",
        }
    }
}

/// A drug in a list of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaggedDrug {
    /// Whose list: a 统筹区, a province, the country.
    pub admdvs: Admdvs,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// Name as printed beside the code.
    pub genname: Option<String>,
    /// What the law calls it, such as 单独支付 or 竞价.
    pub tag: String,
    /// 病种 for which it may be used; of `opsp_drug`.
    pub opsp_dise_code: Option<String>,
    /// The payment standard that goes on in the transition; of `renewal_drug`.
    pub hi_pay_std: Option<Pric>,
    /// The last day of its transition, where the list prints one; of `renewal_drug`.
    pub enddate: Option<Day>,
}

impl TaggedDrug {
    pub(super) fn key(&self) -> String {
        let dise = self.opsp_dise_code.as_deref().unwrap_or_default();
        [&*Self::first_of(self.admdvs, &self.med_list_codg), &self.tag, dise].join("|")
    }

    /// The part of the key under which stand the rows of a drug in a place.
    pub fn first_of(place: Admdvs, code: &MedListCodg) -> String {
        format!("{place}|{code}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn designation(dise: Option<&str>) -> Designation {
        Designation {
            poolarea_no: "441900".parse().unwrap(),
            dsgn_type: DsgnType::Opsp,
            fixmedins_code: "H44190000001".parse().unwrap(),
            dr_code: None,
            med_list_codg: None,
            opsp_dise_code: dise.map(str::to_owned),
            span: Span::new("2025-01-01".parse().unwrap(), Some("2026-01-01".parse().unwrap())).unwrap(),
            filing_no: "东医保定〔2025〕1号".to_owned(),
        }
    }

    #[test]
    fn a_designation_counts_on_its_days_and_for_its_disease() {
        let on = |text: &str| text.parse::<Day>().unwrap();
        let days = ["2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"];
        assert_eq!(days.map(|day| designation(None).counts(on(day), Some("M03900"))), [false, true, true, false]);
        let own = designation(Some("M03900"));
        let asked = [Some("M03900"), Some("M01600"), None];
        assert_eq!(asked.map(|dise| own.counts(on("2025-06-01"), dise)), [true, false, true]);
        let drug = |code: &str| code.parse::<MedListCodg>().unwrap();
        let single = Designation { med_list_codg: Some(drug("XC10AAA209A001010100003")), ..designation(None) };
        let drugs = ["XC10AAA209A001010100003", "XA01AAA001"].map(drug);
        assert_eq!(drugs.each_ref().map(|drug| single.covers(drug)), [true, false]);
        assert_eq!(drugs.each_ref().map(|drug| designation(None).covers(drug)), [true, true]);
    }

    #[test]
    fn the_words_of_forms_lead_to_a_purpose_and_keys_stand_under_their_first_part() {
        for kind in DsgnType::ALL {
            assert_eq!(DsgnType::from_text(kind.word()), Some(kind));
        }
        assert_eq!(DsgnType::from_text("门诊特定病种"), Some(DsgnType::Opsp));
        assert_eq!(DsgnType::from_text("别的"), None);
        let row = designation(None);
        assert_eq!(row.key(), "441900|opsp|H44190000001||||2025-01-01");
        assert!(row.key().starts_with(&format!("{}|", row.first())));
        assert!(row.first().starts_with(&format!("{}|", Designation::kept_of(row.poolarea_no, row.dsgn_type))));
    }
}
