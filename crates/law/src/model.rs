//! The law after loading: provisions with their dated values, and per jurisdiction what is asked at
//! which gate. Everything a decision needs is an index into these tables.
//!
//! Invariants: provisions only refer to provisions that exist, exceptions form trees, dated values of one
//! provision are in order and neither overlap nor leave an undeclared gap.

use std::collections::HashMap;
use std::sync::Arc;

use lf_vocab::{Admdvs, Day, Span};
use serde::{Deserialize, Serialize};

use crate::case::ExampleCase;
use crate::expr::Expr;
use crate::field::{Field, Scope};
use crate::template::Template;
use crate::value::{LawValue, Quantity};

/// When in the life of a prescription the law is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// 7101, before a prescription is signed.
    Precheck,
    /// 7103, when it is uploaded.
    Upload,
    /// 7201–7203, when it is carried to a pharmacy.
    Authorise,
    /// 7204, when a pharmacy fetches it.
    Download,
    /// 7206, when a pharmacist has reviewed it.
    Review,
    /// 7207, when its drugs are sold.
    Sell,
    /// 7209 and 7210, when its drugs are delivered and signed for.
    Deliver,
    /// 2101 and 2102, when it is settled.
    Settle,
    /// 2103, when the settlement is taken back.
    Refund,
    /// When records may be destroyed.
    Retain,
    /// When an institution or pharmacy applies.
    Admit,
    /// When a purchase past the center is claimed with papers (零星报销).
    Claim,
}

impl Gate {
    /// All gates, in the order of a prescription's life.
    pub const ALL: [Gate; 12] = [
        Gate::Precheck,
        Gate::Upload,
        Gate::Authorise,
        Gate::Download,
        Gate::Review,
        Gate::Sell,
        Gate::Deliver,
        Gate::Settle,
        Gate::Refund,
        Gate::Retain,
        Gate::Admit,
        Gate::Claim,
    ];

    /// The name for people.
    pub const fn cn(self) -> &'static str {
        match self {
            Gate::Precheck => "预核验",
            Gate::Upload => "上传",
            Gate::Authorise => "流转授权",
            Gate::Download => "下载",
            Gate::Review => "审核",
            Gate::Sell => "销售",
            Gate::Deliver => "配送",
            Gate::Settle => "结算",
            Gate::Refund => "退费",
            Gate::Retain => "存档",
            Gate::Admit => "准入",
            Gate::Claim => "零星报销",
        }
    }

    /// The name in packs.
    pub const fn name(self) -> &'static str {
        match self {
            Gate::Precheck => "precheck",
            Gate::Upload => "upload",
            Gate::Authorise => "authorise",
            Gate::Download => "download",
            Gate::Review => "review",
            Gate::Sell => "sell",
            Gate::Deliver => "deliver",
            Gate::Settle => "settle",
            Gate::Refund => "refund",
            Gate::Retain => "retain",
            Gate::Admit => "admit",
            Gate::Claim => "claim",
        }
    }

    /// The gate of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.name() == name)
    }
}

/// What follows when a rule is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The step may not be taken.
    Refuse,
    /// The person is told (事前提醒).
    Remind,
    /// It is written down.
    Record,
}

impl Severity {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "refuse" => Self::Refuse,
            "remind" => Self::Remind,
            "record" => Self::Record,
            _ => return None,
        })
    }

    /// The name for people.
    pub const fn cn(self) -> &'static str {
        match self {
            Self::Refuse => "拒绝",
            Self::Remind => "提醒",
            Self::Record => "记录",
        }
    }

    /// The name in packs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Remind => "remind",
            Self::Record => "record",
        }
    }
}

/// How sure a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The text of the document itself is stored and was read.
    Text,
    /// An official announcement or the press quoting it.
    Press,
    /// A third party, or an excerpt not read in an official copy.
    Secondary,
    /// Our choice where the texts are silent.
    Assumed,
}

impl Confidence {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "press" => Self::Press,
            "secondary" => Self::Secondary,
            "assumed" => Self::Assumed,
            _ => return None,
        })
    }

    /// The word shown to people.
    pub const fn cn(self) -> &'static str {
        match self {
            Self::Text => "原文",
            Self::Press => "官方发布或报道",
            Self::Secondary => "转引",
            Self::Assumed => "推定",
        }
    }
}

/// What an exception may do to the provision above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Stricter.
    Tighten,
    /// Milder.
    Loosen,
    /// In its place.
    Replace,
}

impl Mode {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "tighten" => Self::Tighten,
            "loosen" => Self::Loosen,
            "replace" => Self::Replace,
            _ => return None,
        })
    }

    /// Whether an upper provision that delegates `self` allows `asked`.
    pub(crate) fn allows(self, asked: Mode) -> bool {
        self == Mode::Replace || self == asked
    }
}

/// What is said when a fact that a rule needs is absent.
#[derive(Debug, Clone)]
pub(crate) enum Absent {
    Pass,
    Say(Severity, Template),
}

#[derive(Debug, Clone)]
pub(crate) struct Dated {
    pub from: Day,
    pub until: Option<Day>,
    pub is: LawValue,
    pub cite: Arc<str>,
    pub doc_no: Option<Arc<str>>,
    pub quote: Arc<str>,
    pub confidence: Confidence,
    /// When the cited document came into force, and the provision by which it yields to newer national law.
    pub in_force_from: Day,
    pub yields: Option<usize>,
}

impl Dated {
    pub(crate) fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// The part of a provision that judges a case; a provision without it is a parameter.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub violated_if: Expr,
    pub severity: Severity,
    pub field: Field,
    pub code: Arc<str>,
    pub sentence: Template,
    pub absent: Absent,
}

#[derive(Debug, Clone)]
pub(crate) struct GrantRule {
    pub max: Option<i64>,
    pub max_days: Option<i32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Provision {
    pub id: Arc<str>,
    pub pack: Admdvs,
    pub file: Arc<str>,
    pub title: Arc<str>,
    pub requirement: Vec<String>,
    pub gates: Vec<Gate>,
    pub quantity: Quantity,
    pub unit: Option<String>,
    /// The governing date at each of `gates`, in their order.
    pub reckoned: Vec<Field>,
    pub order: u32,
    pub each: Option<Scope>,
    pub when: Option<Expr>,
    pub rule: Option<Rule>,
    /// The two conditions as written, for explanations.
    pub when_text: Option<String>,
    pub violated_text: Option<String>,
    pub relation: Option<(usize, Mode)>,
    pub grant: Option<GrantRule>,
    pub formalised_from: Day,
    pub note: Option<String>,
    pub values: Vec<Dated>,
}

impl Provision {
    pub(crate) fn on(&self, day: Day) -> Option<usize> {
        self.values.iter().position(|dated| dated.covers(day) && dated.is != LawValue::Nothing)
    }

    /// The date that governs at a gate; without a gate, that of the first.
    pub(crate) fn reckoned_at(&self, gate: Option<Gate>) -> Field {
        let at = gate.and_then(|gate| self.gates.iter().position(|own| *own == gate)).unwrap_or_default();
        self.reckoned.get(at).copied().unwrap_or(Field::PrscTime)
    }

    /// The id without its pack.
    pub(crate) fn bare_id(&self) -> &str {
        self.id.split_once('/').map_or(&*self.id, |(_, bare)| bare)
    }
}

/// What holds in one place: the provisions of the packs along its chain.
#[derive(Debug, Clone)]
pub(crate) struct Jurisdiction {
    pub admdvs: Admdvs,
    pub chain: Vec<Admdvs>,
    /// Exceptions to each provision that hold here.
    pub exceptions: Vec<Vec<usize>>,
    /// Rules that are no exceptions, by gate, in documented order.
    pub gates: [Vec<usize>; Gate::ALL.len()],
    /// Provisions that hold here, by id without pack.
    pub bare: HashMap<String, Vec<usize>>,
}

/// A choice granted to a place under a provision that allows it: a longer transition, a lowered share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The full id of the provision.
    pub provision: String,
    /// For whom.
    pub admdvs: Admdvs,
    /// While.
    pub span: Span<Day>,
    /// What stands in the place of the printed value.
    pub value: LawValue,
    /// Consent and filing number.
    pub filing_no: String,
}

/// One pack file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackInfo {
    /// The authority.
    pub admdvs: Admdvs,
    /// The subject.
    pub title: String,
    /// The edition of the file.
    pub edition: u32,
    /// The path below the law folder.
    pub file: String,
    /// Before this day the answer is `NotFormalised`.
    #[serde(serialize_with = "crate::source::day_text")]
    pub formalised_from: Day,
}

/// One document that packs cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstrumentInfo {
    /// The authority whose pack cites it.
    pub admdvs: Admdvs,
    /// The pack file that names it.
    pub file: String,
    /// Its id in the pack.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its number.
    pub doc_no: Option<String>,
    /// Other spellings under which it is cited.
    pub aliases: Vec<String>,
    /// What of it is stored when it is not the whole text.
    pub excerpt: Option<String>,
    /// While it is in force.
    #[serde(serialize_with = "crate::source::day_text")]
    pub from: Day,
    /// The first day it no longer is.
    #[serde(serialize_with = "crate::source::day_or_nothing")]
    pub until: Option<Day>,
}

/// All packs, compiled: an index by gate, jurisdiction and day. Every number a notice prints is read here.
#[derive(Debug, Clone)]
pub struct Law {
    pub(crate) edition: String,
    pub(crate) provisions: Vec<Provision>,
    pub(crate) by_id: HashMap<Arc<str>, usize>,
    pub(crate) jurisdictions: Vec<Jurisdiction>,
    pub(crate) examples: Vec<ExampleCase>,
    pub(crate) index_lock: Option<String>,
    pub(crate) packs: Vec<PackInfo>,
    pub(crate) instruments: Vec<InstrumentInfo>,
}

impl Law {
    /// The digest (SM3, hex) of all packs and texts: stored with every decision.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The pack files, by path.
    pub fn packs(&self) -> &[PackInfo] {
        &self.packs
    }

    /// The documents cited, by authority and id.
    pub fn instruments(&self) -> &[InstrumentInfo] {
        &self.instruments
    }

    /// The place whose law holds at `admdvs`: itself, or the nearest authority above that has a pack.
    pub(crate) fn jurisdiction(&self, admdvs: Admdvs) -> Option<&Jurisdiction> {
        let chain = [admdvs, admdvs.prefecture(), admdvs.province(), Admdvs::NATIONAL];
        chain.iter().find_map(|place| self.jurisdictions.iter().find(|known| known.admdvs == *place))
    }
}
