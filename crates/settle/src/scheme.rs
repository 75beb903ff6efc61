//! A benefit scheme as the law of one place and day gives it: every number with its provision.
//!
//! Invariants of a [`Scheme`]: ratios lie in 0..=1, deductible and cap are not negative, every
//! number names a provision. So [`crate::quote`] never meets a scheme it cannot apply.

use lf_vocab::{Fen, Ratio};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A benefit scheme that is fit to be applied; reads like its [`SchemeTerms`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SchemeTerms", into = "SchemeTerms")]
pub struct Scheme(SchemeTerms);

/// The terms of a scheme for one person, place and day; levels, insurance type and in-service or
/// retired are already resolved by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemeTerms {
    /// The scheme's own key, e.g. `360000/mz_tc`; accumulators are kept per person, year and key.
    pub code: String,
    /// Its Chinese name.
    pub name: String,
    /// The fund that pays, as it stands in `setldetail`.
    pub fund: Fund,
    /// What the person bears before the fund pays.
    pub deductible: Deductible,
    /// The fund's share of the eligible amount behind the deductible.
    pub ratio: Sourced<Ratio>,
    /// How much the fund pays at most under this scheme.
    pub fund_cap: FundCap,
    /// Limits that it shares with others, or that stand for one disease: what the fund pays counts there too.
    #[serde(default)]
    pub pots: Vec<Pot>,
    /// First self-payment by class.
    pub preselfpay: Preselfpay,
    /// That what is outside the catalogue is the person's own expense.
    pub own_expense: Sourced<()>,
    /// What becomes of the price above the payment standard.
    pub over_standard: Sourced<OverStandard>,
    /// Where fractions of a fen go.
    pub rounding: Sourced<Rounding>,
    /// What the personal account may pay.
    pub account: Sourced<AccountUse>,
}

/// A value and the provision that gives it, e.g. `360000/mz_tc.ratio.active.pharmacy@2023-07-01`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it stands; never empty.
    pub provision: String,
}

/// A fund by its code in `fund_pay_type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fund {
    /// Code, e.g. 310102.
    pub fund_pay_type: String,
    /// Name, e.g. 职工门诊统筹基金.
    pub name: String,
}

/// 起付线: the amount, the period in which it is used up, and what it is taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deductible {
    /// There is none.
    None {
        /// The provision that says so.
        provision: String,
    },
    /// Taken from the eligible fee, before the ratio (Jiangxi).
    FromFee {
        /// How much a period.
        amount: Sourced<Fen>,
        /// The period.
        period: Period,
    },
    /// Taken from the fund's payment, after the ratio (Nanning, 门诊特殊慢性病).
    FromFund {
        /// How much a period.
        amount: Sourced<Fen>,
        /// The period.
        period: Period,
    },
}

/// The period in which a deductible is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// A calendar year.
    Year,
    /// A calendar month.
    Month,
}

/// 封顶线.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FundCap {
    /// There is none of its own.
    None {
        /// The provision that says so.
        provision: String,
    },
    /// So much in a calendar year.
    Yearly(Sourced<Fen>),
}

/// A yearly limit with an accumulator of its own: the limit of a disease, or one that several schemes use up together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pot {
    /// Key of its accumulator, e.g. `ipt` or `opsp.M03900`; another than the scheme's.
    pub code: String,
    /// Its Chinese name.
    pub name: String,
    /// So much in a calendar year.
    pub cap: Sourced<Fen>,
}

/// 先行自付 by class; where the whole of class C is the person's, it is 全自费. A class for which the law says nothing
/// cannot be settled, the others can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preselfpay {
    /// Class A 甲类.
    pub a: Option<Sourced<Ratio>>,
    /// Class B 乙类.
    pub b: Option<Sourced<Ratio>>,
    /// Class C 丙类.
    pub c: Option<Sourced<Ratio>>,
}

/// What becomes of the price above the payment standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverStandard {
    /// The person bears the excess (超限价自费).
    PersonPays,
    /// The standard is informative only; the whole price counts.
    Ignored,
}

/// Where fractions of a fen go.
///
/// The share of the side that does *not* take the remainder is computed and rounded by `mode`; the
/// other side takes what is left. It holds for the first self-payment and for the fund's ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// How the computed share is cut.
    pub mode: Mode,
    /// Where the first self-payment is cut. The fund's ratio is always applied to the total, as
    /// `detlcutinfo` has no fund column.
    pub at: At,
    /// Who takes what is left.
    pub remainder: Remainder,
}

/// How a fraction of a fen is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Half a fen and more becomes a fen.
    HalfUp,
    /// Fractions are dropped.
    Down,
}

/// Where a fraction of a fen is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// On each line.
    Line,
    /// Once on the total; lines then share it by largest remainder, the earlier line first.
    Total,
}

/// Who takes what rounding leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remainder {
    /// The fund's side.
    Fund,
    /// The person.
    Person,
}

/// What the personal account may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountUse {
    /// Nothing.
    Nothing,
    /// The whole personal part.
    PersonPart,
    /// The personal part of the eligible amount only, not 全自费, 超限价 and 先行自付.
    EligiblePart,
}

/// Why terms are not a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SchemeDefect {
    /// A ratio outside 0..=1.
    #[error("待遇参数{0}的比例不在0到1之间")]
    RatioOutOfRange(&'static str),
    /// A negative amount.
    #[error("待遇参数{0}的金额为负数")]
    NegativeAmount(&'static str),
    /// A number without the provision that gives it.
    #[error("待遇参数{0}缺少依据条款")]
    NoProvision(&'static str),
    /// Two limits in one accumulator, or more than [`MAX_POTS`].
    #[error("待遇参数pots的累计名称重复、与方案同名或超过{MAX_POTS}个")]
    PotsClash,
}

/// Limits beside its own that one scheme knows at most.
pub const MAX_POTS: usize = 4;

impl Scheme {
    /// Accepts terms that can be applied.
    pub fn new(terms: SchemeTerms) -> Result<Self, SchemeDefect> {
        for (name, provision) in terms.provisions() {
            if provision.is_empty() {
                return Err(SchemeDefect::NoProvision(name));
            }
        }
        for (name, ratio) in terms.ratios() {
            if ratio.provision.is_empty() {
                return Err(SchemeDefect::NoProvision(name));
            }
            if ratio.value < Ratio::ZERO || ratio.value > Ratio::ONE {
                return Err(SchemeDefect::RatioOutOfRange(name));
            }
        }
        terms.check_pots()?;
        if terms.deductible.amount().is_negative() {
            return Err(SchemeDefect::NegativeAmount("deductible"));
        }
        if terms.fund_cap.yearly().is_some_and(Fen::is_negative) {
            return Err(SchemeDefect::NegativeAmount("fund_cap"));
        }
        Ok(Self(terms))
    }
}

impl SchemeTerms {
    /// Every ratio that the law gave.
    fn ratios(&self) -> impl Iterator<Item = (&'static str, &Sourced<Ratio>)> {
        let Preselfpay { a, b, c } = &self.preselfpay;
        let classes = [("preselfpay.a", a), ("preselfpay.b", b), ("preselfpay.c", c)];
        let classes = classes.into_iter().filter_map(|(name, ratio)| ratio.as_ref().map(|ratio| (name, ratio)));
        std::iter::once(("ratio", &self.ratio)).chain(classes)
    }

    fn check_pots(&self) -> Result<(), SchemeDefect> {
        let clash = |at: usize, pot: &Pot| {
            pot.code == self.code || self.pots.iter().take(at).any(|earlier| earlier.code == pot.code)
        };
        if self.pots.len() > MAX_POTS || self.pots.iter().enumerate().any(|(at, pot)| clash(at, pot)) {
            return Err(SchemeDefect::PotsClash);
        }
        if self.pots.iter().any(|pot| pot.cap.provision.is_empty()) {
            return Err(SchemeDefect::NoProvision("pots"));
        }
        match self.pots.iter().any(|pot| pot.cap.value.is_negative()) {
            true => Err(SchemeDefect::NegativeAmount("pots")),
            false => Ok(()),
        }
    }

    fn provisions(&self) -> [(&'static str, &str); 6] {
        [
            ("deductible", self.deductible.provision()),
            ("fund_cap", self.fund_cap.provision()),
            ("own_expense", &self.own_expense.provision),
            ("over_standard", &self.over_standard.provision),
            ("rounding", &self.rounding.provision),
            ("account", &self.account.provision),
        ]
    }
}

impl std::ops::Deref for Scheme {
    type Target = SchemeTerms;
    fn deref(&self) -> &SchemeTerms {
        &self.0
    }
}

impl TryFrom<SchemeTerms> for Scheme {
    type Error = SchemeDefect;
    fn try_from(terms: SchemeTerms) -> Result<Self, SchemeDefect> {
        Self::new(terms)
    }
}

impl From<Scheme> for SchemeTerms {
    fn from(scheme: Scheme) -> Self {
        scheme.0
    }
}

impl<T> Sourced<T> {
    /// A value with its provision.
    pub fn new(value: T, provision: impl Into<String>) -> Self {
        Self { value, provision: provision.into() }
    }
}

impl Deductible {
    /// The amount a period; nothing where there is no deductible.
    pub fn amount(&self) -> Fen {
        match self {
            Self::None { .. } => Fen::ZERO,
            Self::FromFee { amount, .. } | Self::FromFund { amount, .. } => amount.value,
        }
    }

    /// The period; a year where there is no deductible.
    pub fn period(&self) -> Period {
        match self {
            Self::None { .. } => Period::Year,
            Self::FromFee { period, .. } | Self::FromFund { period, .. } => *period,
        }
    }

    /// The provision.
    pub fn provision(&self) -> &str {
        match self {
            Self::None { provision } => provision,
            Self::FromFee { amount, .. } | Self::FromFund { amount, .. } => &amount.provision,
        }
    }
}

impl FundCap {
    /// The yearly amount, if there is a cap.
    pub fn yearly(&self) -> Option<Fen> {
        match self {
            Self::None { .. } => None,
            Self::Yearly(cap) => Some(cap.value),
        }
    }

    /// The provision.
    pub fn provision(&self) -> &str {
        match self {
            Self::None { provision } => provision,
            Self::Yearly(cap) => &cap.provision,
        }
    }
}
