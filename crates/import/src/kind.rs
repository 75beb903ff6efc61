//! What can be imported: the drug catalogue, the dated lists, and the registers of institutions and people.

use std::fmt;
use std::str::FromStr;

use lf_ports::lists::{Printed, TagList};
use lf_ports::{EditionOf, Lists};

use crate::column::Column;
use crate::kinds::{drug, filing, lists, registers};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The drug catalogue or a dated list: comes in editions.
    Edition(EditionOf),
    /// Institutions and pharmacies.
    Fixmedins,
    /// Doctors and pharmacists.
    Practitioner,
    /// Insured persons.
    Person,
    /// 备案 of insured persons.
    Filing,
}

impl Kind {
    /// All, in the order in which a new region imports them.
    pub fn all() -> impl Iterator<Item = Self> {
        EditionOf::all().map(Self::Edition).chain([Self::Fixmedins, Self::Practitioner, Self::Person, Self::Filing])
    }

    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Edition(of) => of.word(),
            Self::Fixmedins => "fixmedins",
            Self::Practitioner => "practitioner",
            Self::Person => "person",
            Self::Filing => "filing",
        }
    }

    /// What it is, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Edition(EditionOf::Drug) => "医保药品目录 drug catalogue",
            Self::Edition(EditionOf::List(list)) => match list {
                Lists::PayStd => "医保支付标准 payment standards by drug code",
                Lists::SelPric => "集采中选价 selected prices of places by drug code",
                Lists::PlatPric => "省药采平台挂网价 platform prices of places by drug code",
                Lists::Site => "机构地址和坐标 where institutions stand, for the drug query",
                Lists::DrugRule => "限定支付规则 restriction rules by drug code",
                Lists::Diagnosis => "疾病诊断 diagnoses",
                Lists::Dict => "代码表 code tables",
                Lists::Opsp => "门诊慢特病种 chronic and special diseases",
                Lists::Frequency => "使用频次 frequencies of use",
                Lists::Nrdl => "医保目录（按名称） the printed catalogue, by name",
                Lists::NrdlPayStd => "医保目录支付标准（按名称） payment standards of the printed catalogue",
                Lists::Designation => "三定 designated institutions, pharmacies and responsible doctors",
                Lists::Tagged(TagList::Spay) => "单独支付药品目录 separately paid drugs",
                Lists::Tagged(TagList::Dual) => "双通道药品范围 dual-channel drugs beside the negotiated ones",
                Lists::Tagged(TagList::Opsp) => "门诊慢特病用药 drugs of each chronic or special disease",
                Lists::Tagged(TagList::Renewal) => "续约失败过渡期药品 drugs that failed renewal, in transition",
                Lists::ConsultPair => "互联网医院与药店的远程问诊协议 agreements of internet hospitals and pharmacies",
                Lists::NoProd => "长期不生产的药品 drugs that are no longer made",
                Lists::Printed(list) => match list {
                    Printed::ServiceItem => "医疗服务项目 services, passed on by 1305",
                    Printed::Consumable => "医用耗材 consumables, passed on by 1306",
                    Printed::Operation => "手术操作 operations, passed on by 1308",
                    Printed::DiseasePay => "按病种付费病种 diseases paid by case, passed on by 1310",
                    Printed::DaySurgery => "日间手术治疗病种 day surgery, passed on by 1311",
                    Printed::Morphology => "肿瘤形态学 morphology of tumours, passed on by 1313",
                    Printed::TcmDisease => "中医疾病 diseases of Chinese medicine, passed on by 1314",
                    Printed::TcmSyndrome => "中医证候 syndromes of Chinese medicine, passed on by 1315",
                },
            },
            Self::Fixmedins => "定点医药机构 institutions and pharmacies",
            Self::Practitioner => "医保医师、药师 doctors and pharmacists",
            Self::Person => "参保人 insured persons",
            Self::Filing => "备案 filings of persons: 单独支付用药资格, 门诊慢特病",
        }
    }

    /// Its columns.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Edition(EditionOf::Drug) => drug::COLUMNS,
            Self::Edition(EditionOf::List(list)) => lists::columns(list),
            Self::Fixmedins => registers::FIXMEDINS,
            Self::Practitioner => registers::PRACTITIONER,
            Self::Person => registers::PERSON,
            Self::Filing => filing::FILING,
        }
    }

    /// Whether its rows speak of people, so that no value of them is ever shown.
    pub const fn personal(self) -> bool {
        matches!(self, Self::Practitioner | Self::Person | Self::Filing)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let words = || Self::all().map(Self::word).collect::<Vec<_>>().join(", ");
        Self::all().find(|kind| kind.word() == text).ok_or_else(|| format!("the kinds are: {}", words()))
    }
}
