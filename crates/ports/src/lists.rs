//! Dated lists: what a bureau publishes as a whole and replaces by editions. Payment standards, prices of places, restriction rules,
//! diagnoses, dictionaries, 门诊慢特病种, frequencies, agreements on consultations, drugs no longer made, the printed catalogue, lists only passed on; and the editions of the
//! drug catalogue.
//!
//! Serves import, the downloads 13xx and the reading of the catalogue as of a day. Invariants: of one key no two rows
//! are in force on one day; a row that an edition changes or leaves out ends on the day from which the edition counts; versions
//! count per list from 1 and a changed row carries the version of the edition that changed it last.

use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment, Pric, Span};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::codec::{Inconsistency, decode, encode};
use crate::registry::Drug;

mod designated;
mod no_prod;
mod place_pric;
mod printed;
mod site;

pub use designated::{Designation, DsgnSide, DsgnType, TagList, TaggedDrug};
pub use no_prod::NoProd;
pub use place_pric::{PlacePric, Prics};
pub use printed::{Printed, PrintedRow, of_edition};
pub use site::Site;

/// A list whose rows are [`Item`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lists {
    /// 医保支付标准 by drug code.
    PayStd,
    /// 集采中选价 by drug code and place.
    SelPric,
    /// 省药采平台挂网价 by drug code and place.
    PlatPric,
    /// Where institutions stand.
    Site,
    /// 限定支付 rules by drug code.
    DrugRule,
    /// 疾病诊断.
    Diagnosis,
    /// Code tables.
    Dict,
    /// 门诊慢特病种.
    Opsp,
    /// 使用频次.
    Frequency,
    /// The printed 医保目录, by name.
    Nrdl,
    /// Its payment standards, by name.
    NrdlPayStd,
    /// 三定: who is designated for what.
    Designation,
    /// Drugs that a place has put under rules of their own.
    Tagged(TagList),
    /// 互联网医院与药店的远程问诊协议.
    ConsultPair,
    /// 长期不生产的药品.
    NoProd,
    /// A list that is only passed on.
    Printed(Printed),
}

impl Lists {
    /// All.
    pub const ALL: [Self; 26] = [
        Self::PayStd,
        Self::SelPric,
        Self::PlatPric,
        Self::Site,
        Self::DrugRule,
        Self::Diagnosis,
        Self::Dict,
        Self::Opsp,
        Self::Frequency,
        Self::Nrdl,
        Self::NrdlPayStd,
        Self::Designation,
        Self::Tagged(TagList::Spay),
        Self::Tagged(TagList::Dual),
        Self::Tagged(TagList::Opsp),
        Self::Tagged(TagList::Renewal),
        Self::ConsultPair,
        Self::NoProd,
        Self::Printed(Printed::ServiceItem),
        Self::Printed(Printed::Consumable),
        Self::Printed(Printed::Operation),
        Self::Printed(Printed::DiseasePay),
        Self::Printed(Printed::DaySurgery),
        Self::Printed(Printed::Morphology),
        Self::Printed(Printed::TcmDisease),
        Self::Printed(Printed::TcmSyndrome),
    ];

    /// The stored word, which is also the kind of `liufang import`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PayStd => "pay_std",
            Self::SelPric => "sel_pric",
            Self::PlatPric => "plat_pric",
            Self::Site => "fixmedins_site",
            Self::DrugRule => "drug_rule",
            Self::Diagnosis => "diagnosis",
            Self::Dict => "dict",
            Self::Opsp => "opsp",
            Self::Frequency => "frequency",
            Self::Nrdl => "nrdl",
            Self::NrdlPayStd => "nrdl_pay_std",
            Self::Designation => "designation",
            Self::Tagged(list) => list.word(),
            Self::ConsultPair => "consult_pair",
            Self::NoProd => "no_prod_drug",
            Self::Printed(list) => list.word(),
        }
    }
}

/// What has editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EditionOf {
    /// The drug catalogue, whose rows have their own table and finders.
    Drug,
    /// A list.
    List(Lists),
}

impl EditionOf {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drug => "drug",
            Self::List(list) => list.word(),
        }
    }

    /// All.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Drug).chain(Lists::ALL.into_iter().map(Self::List))
    }
}

/// An edition, as imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Of what.
    pub of: EditionOf,
    /// Its name, such as `2024` or `2026-07`.
    pub edition: String,
    /// Counts from this day.
    pub from: Day,
    /// Counts the editions of this list from 1.
    pub ver: i64,
    /// SM3 of the imported file, hexadecimal.
    pub file_sm3: String,
    /// Rows of the whole edition.
    pub row_cnt: u64,
    /// When it was imported.
    pub imported: Moment,
}

/// A row with the days on which it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// The row.
    pub item: T,
    /// The first day.
    pub from: Day,
    /// The first day no longer; the same as `from` where a later import of the same day took the row back.
    pub until: Option<Day>,
    /// The version that opened or ended it.
    pub ver: i64,
}

impl<T> Dated<T> {
    /// Whether it is in force on a day.
    pub fn in_force(&self, on: Day) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }
}

/// After which row a download goes on: rows are given in the order of version, key and first day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Since {
    /// Version of the last row.
    pub ver: i64,
    /// Its key.
    pub key: String,
    /// Its first day.
    pub from: Day,
}

impl Since {
    /// Everything that is younger than a version; 0 is everything.
    pub fn version(ver: i64) -> Self {
        // Before every row of the next version: no key is empty.
        Self { ver: ver.saturating_add(1), key: String::new(), from: Day::FIRST }
    }

    /// After this row.
    pub fn item(row: &Dated<Item>) -> Self {
        Self { ver: row.ver, key: row.item.key(), from: row.from }
    }

    /// After this drug.
    pub fn drug(row: &Dated<Drug>) -> Self {
        Self { ver: row.ver, key: row.item.med_list_codg.as_str().to_owned(), from: row.from }
    }
}

/// 医保支付标准 of a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayStd {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 医保支付标准.
    pub hi_pay_std: Pric,
    /// The unit it counts for, 最小包装单位 unless said.
    pub unt: Option<String>,
    /// 备注.
    pub memo: Option<String>,
}

/// A restriction of payment for a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrugRule {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// Name as printed beside the code.
    pub genname: Option<String>,
    /// Which kind, such as 限定年龄对象.
    pub rule_type: String,
    /// To what, such as 儿童.
    pub rule_value: String,
    /// Batch of publication.
    pub batch: Option<String>,
}

/// A diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// 疾病诊断代码.
    pub diag_code: String,
    /// 疾病诊断名称.
    pub diag_name: String,
}

/// A code of a code table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DictCode {
    /// The field whose values the table holds.
    pub field: String,
    /// Its name.
    pub field_name: Option<String>,
    /// The code.
    pub code: String,
    /// What it means.
    pub name: String,
}

/// A 门诊慢特病种.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opsp {
    /// 门慢门特病种目录代码.
    pub opsp_dise_code: String,
    /// 门慢门特病种名称.
    pub opsp_dise_name: String,
}

/// How often a drug is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// 使用频次编码.
    pub used_frqu_codg: String,
    /// 使用频次名称.
    pub used_frqu_name: String,
    /// Another name for it.
    pub alias: Option<String>,
    /// Days of a period.
    pub period_days: u32,
    /// Times in a period.
    pub times_per_period: u32,
}

/// A line of the printed catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nrdl {
    /// Part of the catalogue.
    pub section: String,
    /// 药品分类代码.
    pub category_code: String,
    /// 药品分类.
    pub category_name: Option<String>,
    /// 甲乙.
    pub chrgitm_lv: ChrgitmLv,
    /// 编号.
    pub no: String,
    /// 药品名称.
    pub name: String,
    /// 剂型.
    pub dosform_name: Option<String>,
    /// 医保支付标准 as printed.
    pub pay_std: Option<String>,
    /// 备注: 限定支付范围.
    pub lmt_usescp: Option<String>,
    /// 协议有效期 as printed.
    pub agreement: Option<String>,
}

/// A payment standard of the printed catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NrdlPayStd {
    /// Part of the catalogue.
    pub section: String,
    /// 药品分类代码.
    pub category_code: String,
    /// 编号.
    pub no: String,
    /// 药品名称.
    pub name: String,
    /// The price; not every one is published.
    pub pric: Option<Pric>,
    /// What it is the price of.
    pub unit_spec: Option<String>,
    /// 协议有效期.
    pub agreement: Option<Span<Day>>,
    /// 限定支付范围.
    pub lmt_usescp: Option<String>,
}

/// An agreement of an internet hospital and a pharmacy on consultations and prescriptions at a distance (JX-2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultPair {
    /// The internet hospital.
    pub fixmedins_code: FixmedinsCode,
    /// The pharmacy.
    pub phar_fixmedins_code: FixmedinsCode,
    /// While it is in force.
    pub agreement: Span<Day>,
    /// 协议编号.
    pub agre_no: Option<String>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each holds the row of the list of its name")]
pub enum Item {
    PayStd(PayStd),
    SelPric(PlacePric),
    PlatPric(PlacePric),
    Site(Site),
    DrugRule(DrugRule),
    Diagnosis(Diagnosis),
    Dict(DictCode),
    Opsp(Opsp),
    Frequency(Frequency),
    Nrdl(Nrdl),
    NrdlPayStd(NrdlPayStd),
    Designation(Designation),
    Tagged(TagList, TaggedDrug),
    ConsultPair(ConsultPair),
    NoProd(NoProd),
    Printed(Printed, PrintedRow),
}

impl Item {
    /// Which list it belongs to.
    pub fn list(&self) -> Lists {
        match self {
            Self::PayStd(_) => Lists::PayStd,
            Self::SelPric(_) => Lists::SelPric,
            Self::PlatPric(_) => Lists::PlatPric,
            Self::Site(_) => Lists::Site,
            Self::DrugRule(_) => Lists::DrugRule,
            Self::Diagnosis(_) => Lists::Diagnosis,
            Self::Dict(_) => Lists::Dict,
            Self::Opsp(_) => Lists::Opsp,
            Self::Frequency(_) => Lists::Frequency,
            Self::Nrdl(_) => Lists::Nrdl,
            Self::NrdlPayStd(_) => Lists::NrdlPayStd,
            Self::Designation(_) => Lists::Designation,
            Self::Tagged(list, _) => Lists::Tagged(*list),
            Self::ConsultPair(_) => Lists::ConsultPair,
            Self::NoProd(_) => Lists::NoProd,
            Self::Printed(list, _) => Lists::Printed(*list),
        }
    }

    /// By what it is found in its list; of several parts, `|` stands between them.
    pub fn key(&self) -> String {
        match self {
            Self::PayStd(row) => row.med_list_codg.as_str().to_owned(),
            Self::SelPric(row) | Self::PlatPric(row) => PlacePric::key(&row.med_list_codg, row.admdvs),
            Self::Site(row) => row.fixmedins_code.as_str().to_owned(),
            Self::DrugRule(row) => [row.med_list_codg.as_str(), &row.rule_type, &row.rule_value].join("|"),
            Self::Diagnosis(row) => row.diag_code.clone(),
            Self::Dict(row) => [row.field.as_str(), &row.code].join("|"),
            Self::Opsp(row) => row.opsp_dise_code.clone(),
            Self::Frequency(row) => row.used_frqu_codg.clone(),
            Self::Nrdl(row) => {
                let dosform_name = row.dosform_name.as_deref().unwrap_or_default();
                [row.section.as_str(), &row.category_code, &row.no, &row.name, dosform_name].join("|")
            }
            Self::NrdlPayStd(row) => {
                let unit_spec = row.unit_spec.as_deref().unwrap_or_default();
                [row.section.as_str(), &row.category_code, &row.no, &row.name, unit_spec].join("|")
            }
            Self::Designation(row) => row.key(),
            Self::Tagged(_, row) => row.key(),
            Self::ConsultPair(row) => {
                let from = row.agreement.from().to_string();
                [row.fixmedins_code.as_str(), row.phar_fixmedins_code.as_str(), &from].join("|")
            }
            Self::NoProd(row) => row.key(),
            Self::Printed(list, row) => row.cell(list.code_and_name().0).unwrap_or_default().to_owned(),
        }
    }

    /// The part of its key under which a message reads it together with others (`Store::list_under`), in lists that are read so.
    pub fn first(&self) -> Option<String> {
        match self {
            Self::DrugRule(row) => Some(row.med_list_codg.as_str().to_owned()),
            Self::Designation(row) => Some(row.first()),
            Self::Tagged(_, row) => Some(TaggedDrug::first_of(row.admdvs, &row.med_list_codg)),
            Self::ConsultPair(row) => Some(format!("{}|{}", row.fixmedins_code, row.phar_fixmedins_code)),
            _ => None,
        }
    }

    /// Whose row it is, where a list holds those of several places: an edition of one of them ends no row of another.
    pub fn place(&self) -> Option<Admdvs> {
        match self {
            Self::SelPric(row) | Self::PlatPric(row) => Some(row.admdvs),
            Self::Site(row) => Some(row.fixmedins_code.admdvs().prefecture()),
            Self::Designation(row) => Some(row.poolarea_no),
            Self::Tagged(_, row) => Some(row.admdvs),
            Self::NoProd(row) => Some(row.admdvs),
            // The agency of the hospital's city keeps the agreements.
            Self::ConsultPair(row) => Some(row.fixmedins_code.admdvs().prefecture()),
            Self::PayStd(_)
            | Self::DrugRule(_)
            | Self::Diagnosis(_)
            | Self::Dict(_)
            | Self::Opsp(_)
            | Self::Frequency(_)
            | Self::Nrdl(_)
            | Self::NrdlPayStd(_)
            | Self::Printed(..) => None,
        }
    }

    /// The stored body.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::PayStd(row) => encode(row),
            Self::SelPric(row) | Self::PlatPric(row) => encode(row),
            Self::Site(row) => encode(row),
            Self::DrugRule(row) => encode(row),
            Self::Diagnosis(row) => encode(row),
            Self::Dict(row) => encode(row),
            Self::Opsp(row) => encode(row),
            Self::Frequency(row) => encode(row),
            Self::Nrdl(row) => encode(row),
            Self::NrdlPayStd(row) => encode(row),
            Self::Designation(row) => encode(row),
            Self::Tagged(_, row) => encode(row),
            Self::ConsultPair(row) => encode(row),
            Self::NoProd(row) => encode(row),
            Self::Printed(_, row) => encode(row),
        }
    }

    /// Reads a stored body.
    ///
    /// # Errors
    /// A body that is no row of this list.
    pub fn decode(list: Lists, body: &[u8], key: &str) -> Result<Self, Inconsistency> {
        fn read<T: DeserializeOwned>(body: &[u8], key: &str) -> Result<T, Inconsistency> {
            decode(body, "list_item", "body", key)
        }
        Ok(match list {
            Lists::PayStd => Self::PayStd(read(body, key)?),
            Lists::SelPric => Self::SelPric(read(body, key)?),
            Lists::PlatPric => Self::PlatPric(read(body, key)?),
            Lists::Site => Self::Site(read(body, key)?),
            Lists::DrugRule => Self::DrugRule(read(body, key)?),
            Lists::Diagnosis => Self::Diagnosis(read(body, key)?),
            Lists::Dict => Self::Dict(read(body, key)?),
            Lists::Opsp => Self::Opsp(read(body, key)?),
            Lists::Frequency => Self::Frequency(read(body, key)?),
            Lists::Nrdl => Self::Nrdl(read(body, key)?),
            Lists::NrdlPayStd => Self::NrdlPayStd(read(body, key)?),
            Lists::Designation => Self::Designation(read(body, key)?),
            Lists::Tagged(list) => Self::Tagged(list, read(body, key)?),
            Lists::ConsultPair => Self::ConsultPair(read(body, key)?),
            Lists::NoProd => Self::NoProd(read(body, key)?),
            Lists::Printed(list) => Self::Printed(list, read(body, key)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_in_force_from_its_first_day_until_its_last_is_over() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let row = Dated { item: (), from: day("2026-01-01"), until: Some(day("2026-07-01")), ver: 1 };
        let in_force = ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"].map(|on| row.in_force(day(on)));
        assert_eq!(in_force, [false, true, true, false]);
        let taken_back = Dated { until: Some(row.from), ..row };
        assert!(!taken_back.in_force(taken_back.from));
    }

    #[test]
    fn a_body_of_another_list_is_no_row() {
        let item = Item::Opsp(Opsp { opsp_dise_code: "M03900".to_owned(), opsp_dise_name: "高血压".to_owned() });
        assert_eq!(Item::decode(item.list(), &item.encode(), "M03900"), Ok(item.clone()));
        let wrong = Item::decode(Lists::Diagnosis, &item.encode(), "M03900").unwrap_err();
        assert_eq!((wrong.table, wrong.column, wrong.key.as_str()), ("list_item", "body", "M03900"));
        let words: std::collections::BTreeSet<_> = EditionOf::all().map(EditionOf::word).collect();
        assert_eq!(words.len(), Lists::ALL.len() + 1);
    }
}
