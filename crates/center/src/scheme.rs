//! From the law to a benefit scheme: which provision gives which number of 2101/2102, for whom and where.
//!
//! Which schemes a place knows, which 医疗类别 belongs to which, and every number of them is data in `law/`; this module
//! knows only how a scheme is written there. Everything is read through the law's `View`, so that a place or a day
//! without packs is answered "not formalised" and never guessed. Invariant: a purchase is settled by the law of the
//! insured's own pool, wherever the pharmacy is.

mod chosen;
mod reader;

use lf_law::{Grant, Law, LawValue};
use lf_settle::{Deductible, Fund, FundCap, Period, Pot, Preselfpay, Scheme, SchemeTerms, Sourced};
use lf_vocab::dict::{Insutype, PsnType};
use lf_vocab::{Admdvs, Day, Fen};

use crate::failure::Failure;
use crate::gate::LawRefusal;
pub use chosen::{Chosen, chosen, of_stay};
use reader::{Reader, silent};

/// The benefit schemes that a place may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 门诊统筹.
    MzTc,
    /// 门诊慢特病, 门特.
    Opsp,
    /// 双通道.
    Dualchnl,
    /// 单独支付, 单列门诊统筹支付特殊药品.
    Spay,
    /// 住院: what an inpatient buys at a pharmacy, settled as the stay.
    Ipt,
    /// 个人账户 only.
    Acct,
}

/// In the order in which they are asked for a 医疗类别.
const KINDS: [Kind; 6] = [Kind::MzTc, Kind::Opsp, Kind::Dualchnl, Kind::Spay, Kind::Ipt, Kind::Acct];

/// Level of the institution that prescribed, as far as a ratio depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// 一级及以下.
    One,
    /// 二级.
    Two,
    /// 三级.
    Three,
}

/// For whom and what a scheme is asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The insured's pool.
    pub place: Admdvs,
    /// The day of settlement.
    pub day: Day,
    /// 险种.
    pub insutype: Insutype,
    /// In service or retired; of residents nothing depends on it.
    pub psn_type: PsnType,
    /// 医疗类别.
    pub med_type: &'a str,
    /// Level of the institution that prescribed, where known.
    pub level: Option<Level>,
    /// 病种: first the one that is bought for, then the others that the person is registered with.
    pub dises: &'a [String],
    /// What was granted to the pool.
    pub grants: &'a [Grant],
}

impl Kind {
    /// The first part of its provisions' ids; accumulators are kept under it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MzTc => "mz_tc",
            Self::Opsp => "opsp",
            Self::Dualchnl => "dualchnl",
            Self::Spay => "spay",
            Self::Ipt => "ipt",
            Self::Acct => "acct",
        }
    }

    /// Its name on a settlement sheet.
    const fn name(self, insutype: Insutype) -> &'static str {
        match (self, insutype) {
            (Self::MzTc, Insutype::Employee) => "职工门诊统筹",
            (Self::MzTc, Insutype::Resident) => "居民门诊统筹",
            (Self::Opsp, _) => "门诊慢特病",
            (Self::Dualchnl, _) => "双通道药品",
            (Self::Spay, _) => "单独支付药品",
            (Self::Ipt, _) => "住院统筹",
            (Self::Acct, _) => "个人账户购药",
        }
    }

    /// The fund as `fund_pay_type` of the interface numbers it.
    fn fund(self, insutype: Insutype) -> Fund {
        let (fund_pay_type, name) = match (self, insutype) {
            (Self::MzTc, Insutype::Employee) => ("310102", "职工门诊统筹基金"),
            (Self::MzTc, Insutype::Resident) => ("390102", "居民门诊统筹基金"),
            (_, Insutype::Employee) => ("310100", "城镇职工基本医疗保险统筹基金"),
            (_, Insutype::Resident) => ("390100", "城乡居民基本医疗保险基金"),
        };
        Fund { fund_pay_type: fund_pay_type.to_owned(), name: name.to_owned() }
    }
}

impl Level {
    /// From 医院等级 `hosp_lv`.
    pub fn from_hosp_lv(code: &str) -> Option<Self> {
        match code.trim_start_matches('0') {
            "1" | "2" | "3" | "4" | "12" => Some(Self::Three),
            "5" | "6" | "7" | "13" => Some(Self::Two),
            "8" | "9" | "10" | "11" | "14" => Some(Self::One),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::One => "level1",
            Self::Two => "level2",
            Self::Three => "level3",
        }
    }
}

/// The scheme that a 医疗类别 belongs to in a place; `None` where the place knows schemes but not for this one.
///
/// # Errors
/// [`LawRefusal::NotFormalised`] where it knows none.
pub fn kind_of(law: &Law, ask: &Ask<'_>) -> Result<Option<Kind>, Failure> {
    let mut known = false;
    for kind in KINDS {
        let reader = Reader::of_scheme(law, ask, kind);
        let Some(types) = reader.texts("med_types")? else { continue };
        known = true;
        if types.iter().any(|one| one == ask.med_type) {
            return Ok(Some(kind));
        }
    }
    if known { Ok(None) } else { Err(silent(format!("{}的待遇方案", ask.place))) }
}

/// The scheme by which a purchase at a pharmacy is settled.
pub fn benefit(law: &Law, ask: &Ask<'_>, kind: Kind) -> Result<Scheme, Failure> {
    let who: &[&str] = match (ask.insutype, ask.psn_type) {
        (Insutype::Resident, _) => &["resident"],
        (Insutype::Employee, PsnType::Active) => &["active", "employee"],
        (Insutype::Employee, PsnType::Retired) => &["retired", "employee"],
    };
    let dise = ask.dises.first().map(String::as_str);
    let reader = Reader { who, dise, ..Reader::of_scheme(law, ask, kind) };
    let insured = reader.texts("insutypes")?.ok_or_else(|| reader.nothing(&format!("{}.insutypes", kind.code())))?;
    if !insured.iter().any(|code| code == ask.insutype.code()) {
        return Err(silent(format!("{}在药店购药的统筹待遇", ask.insutype.name())));
    }
    let (fund_cap, pots) = caps(&reader, kind, ask.insutype)?;
    let terms = SchemeTerms {
        code: kind.code().to_owned(),
        name: kind.name(ask.insutype).to_owned(),
        fund: kind.fund(ask.insutype),
        deductible: deductible(&reader, ask.dises)?,
        ratio: reader.ratio_by(basis(&reader, ask)?)?,
        fund_cap,
        pots,
        preselfpay: reader.preselfpay()?,
        own_expense: match reader.sourced("own_expense")? {
            Some(own) => own,
            None => reader.sourced("preselfpay.c")?.ok_or_else(|| reader.nothing("own_expense"))?,
        },
        over_standard: reader.over_standard()?,
        rounding: reader.rounding()?,
        account: reader.account_use()?,
    };
    Scheme::new(terms).map_err(|defect| Failure::Broken(defect.to_string()))
}

/// What employees pay first of a drug of each grade (1319).
pub fn preselfpay(law: &Law, place: Admdvs, day: Day, grants: &[Grant]) -> Result<Preselfpay, Failure> {
    let reader = Reader { law, place, day, key: Kind::MzTc.code(), who: &["active"], dise: None, grants };
    match reader.preselfpay()? {
        Preselfpay { a: None, b: None, .. } => Err(silent(format!("{place}的先行自付比例"))),
        known => Ok(known),
    }
}

/// Whether a place settles what its inpatients buy outside as part of their stay, whatever 医疗类别 the till states.
pub fn as_inpatient(law: &Law, ask: &Ask<'_>) -> Result<bool, Failure> {
    lf_vocab::covers!("GX-1.3c");
    let word = Reader::of_scheme(law, ask, Kind::Ipt).word_or_nothing("as_inpatient")?;
    Ok(word.is_some_and(|word| word.value == "inpatient"))
}

/// Whether the ratio of a scheme goes by the level of the institution that prescribed.
pub fn by_prescriber(law: &Law, ask: &Ask<'_>, kind: Kind) -> Result<bool, Failure> {
    let word = Reader::of_scheme(law, ask, kind).word_or_nothing("ratio_basis")?;
    Ok(word.is_some_and(|word| word.value == "prescriber"))
}

/// By whose level the ratio goes: the pharmacy's own, level 1, or the prescriber's; nothing where one ratio holds for all.
fn basis(reader: &Reader<'_>, ask: &Ask<'_>) -> Result<Option<&'static str>, Failure> {
    let word = reader.text("ratio_basis")?;
    Ok(match word.value.as_str() {
        "flat" => None,
        "pharmacy" => Some("pharmacy"),
        "level1" => Some(Level::One.word()),
        "level3" => Some(Level::Three.word()),
        "prescriber" => match ask.level {
            Some(level) => Some(level.word()),
            None => return Err(silent("开方机构的等级".to_owned())),
        },
        other => return Err(unknown("ratio_basis", other)),
    })
}

/// The deductible; of several diseases the highest.
fn deductible(reader: &Reader<'_>, dises: &[String]) -> Result<Deductible, Failure> {
    let word = reader.text("deductible")?;
    let (from_fund, period) = match word.value.as_str() {
        "no" => return Ok(Deductible::None { provision: word.provision }),
        "fee_year" => (false, Period::Year),
        "fee_month" => (false, Period::Month),
        "fund_year" => (true, Period::Year),
        "fund_month" => (true, Period::Month),
        other => return Err(unknown("deductible", other)),
    };
    let mut amount = reader.fen("deductible_fen")?;
    if dises.len() > 1 && reader.text("deductible.several")?.value != "highest" {
        return Err(silent("多个病种的起付".to_owned()));
    }
    for dise in dises.iter().skip(1) {
        let other = reader.of(dise).fen("deductible_fen")?;
        if other.value > amount.value {
            amount = other;
        }
    }
    Ok(match from_fund {
        true => Deductible::FromFund { amount, period },
        false => Deductible::FromFee { amount, period },
    })
}

/// The scheme's own limit, that of the disease, and the one it shares.
fn caps(reader: &Reader<'_>, kind: Kind, insutype: Insutype) -> Result<(FundCap, Vec<Pot>), Failure> {
    let word = reader.text("cap")?;
    let (own, dise, shared) = match word.value.as_str() {
        "no" => (false, false, false),
        "own" => (true, false, false),
        "dise" => (false, true, false),
        "shared" => (false, false, true),
        "own_shared" => (true, false, true),
        other => return Err(unknown("cap", other)),
    };
    let mut pots = Vec::new();
    if dise {
        let Some(codg) = reader.dise else {
            return Err(silent("未填病种编码的门诊慢特病待遇".to_owned()));
        };
        let cap: Sourced<Fen> = reader.fen("fund_cap_fen")?;
        pots.push(Pot { code: format!("{}.{codg}", kind.code()), name: format!("病种{codg}"), cap });
    }
    if shared {
        let pot = reader.text("shared_cap")?;
        let Some(of) = KINDS.into_iter().find(|kind| kind.code() == pot.value) else {
            return Err(unknown("shared_cap", &pot.value));
        };
        let cap = Reader { key: of.code(), dise: None, ..*reader }.fen("fund_cap_fen")?;
        pots.push(Pot { code: of.code().to_owned(), name: of.name(insutype).to_owned(), cap });
    }
    let own = if own { Some(reader.fen("fund_cap_fen")?) } else { None };
    Ok((own.map_or(FundCap::None { provision: word.provision }, FundCap::Yearly), pots))
}

/// A word that a pack says and this program does not know: the pack is newer than the program.
fn unknown(name: &str, word: &str) -> Failure {
    Failure::from_refusal(LawRefusal::NotFormalised(format!("待遇参数{name}的取值{word}")))
}

/// A list of words of a provision.
pub(crate) fn words(value: &LawValue) -> Option<Vec<String>> {
    match value {
        LawValue::Texts(words) => Some(words.clone()),
        _ => None,
    }
}
