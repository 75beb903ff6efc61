//! The facts of `liufang settle quote`, read from JSON. Names are those of 2101; amounts are decimal texts or numbers.
//!
//! Invariant: what is not understood is an error with its line and column, never a default; an unknown name too.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use lf_center::scheme::{self, Ask, Level};
use lf_settle::{Accumulator, Case, Line, Refusal, Totals};
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv, Insutype, PsnType};
use lf_vocab::{Admdvs, Day, Fen, MedListCodg, Pric, Qty};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A purchase and whose it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    insuplc_admdvs: Parsed<Admdvs>,
    setl_time: Parsed<Day>,
    #[serde(deserialize_with = "insutype")]
    insutype: Insutype,
    #[serde(deserialize_with = "psn_type")]
    psn_type: PsnType,
    med_type: String,
    /// Of 7101: `2` where it was prescribed during a stay.
    #[serde(default, deserialize_with = "otp_ipt_flag")]
    otp_ipt_flag: Option<String>,
    #[serde(default, deserialize_with = "level")]
    hosp_lv: Option<Level>,
    #[serde(default)]
    dise_codg: Vec<String>,
    #[serde(default = "no_account", deserialize_with = "acct_used_flag")]
    acct_used_flag: AcctUsedFlag,
    #[serde(default)]
    balc: Option<Parsed<Fen>>,
    #[serde(default, deserialize_with = "used")]
    used: BTreeMap<String, Totals>,
    drugdetail: Vec<Detail>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    feedetl_sn: String,
    med_list_codg: Parsed<MedListCodg>,
    cnt: Parsed<Qty>,
    pric: Parsed<Pric>,
    #[serde(deserialize_with = "chrgitm_lv")]
    chrgitm_lv: ChrgitmLv,
    #[serde(default)]
    hi_pay_std: Option<Parsed<Pric>>,
    #[serde(default = "yes")]
    in_scope: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsedOf {
    #[serde(default)]
    inscp_scp_amt: Option<Parsed<Fen>>,
    #[serde(default)]
    fund_pay_sumamt: Option<Parsed<Fen>>,
    #[serde(default)]
    act_pay_dedc: BTreeMap<String, Parsed<Fen>>,
}

impl Facts {
    /// For whom and what a scheme is asked.
    pub fn ask(&self) -> Ask<'_> {
        Ask {
            place: self.insuplc_admdvs.0,
            day: self.setl_time.0,
            insutype: self.insutype,
            psn_type: self.psn_type,
            med_type: &self.med_type,
            level: self.hosp_lv,
            dises: &self.dise_codg,
            // No pool's grants are at hand without a database.
            grants: &[],
        }
    }

    /// Whether it was prescribed during a stay.
    pub fn of_stay(&self) -> bool {
        scheme::of_stay(self.otp_ipt_flag.as_deref())
    }

    /// The purchase; its amounts are count × price.
    pub fn case(&self) -> Result<Case, Refusal> {
        let lines: Vec<_> = self.drugdetail.iter().map(Detail::line).collect::<Result<_, _>>()?;
        let medfee_sumamt =
            Fen::sum(lines.iter().map(|line| line.det_item_fee_sumamt)).ok_or(Refusal::TotalBeyondLimit)?;
        let acct_balance = self.balc.as_ref().map_or(Fen::ZERO, |balc| balc.0);
        Ok(Case { lines, day: self.setl_time.0, medfee_sumamt, acct: self.acct_used_flag, acct_balance })
    }

    /// What was used of a scheme or a limit this year.
    pub fn used_of(&self, code: &str) -> Accumulator {
        let fresh = Accumulator::new(self.setl_time.0.year());
        let Some(totals) = self.used.get(code) else { return fresh };
        // Checked when it was read.
        Accumulator::from_stored(fresh.year(), *totals, 0).unwrap_or(fresh)
    }
}

impl Detail {
    fn line(&self) -> Result<Line, Refusal> {
        let beyond = || Refusal::LineBeyondLimit { feedetl_sn: self.feedetl_sn.clone() };
        Ok(Line {
            feedetl_sn: self.feedetl_sn.clone(),
            med_list_codg: self.med_list_codg.0.clone(),
            cnt: self.cnt.0,
            pric: self.pric.0,
            det_item_fee_sumamt: self.pric.0.times(self.cnt.0).ok_or_else(beyond)?,
            chrgitm_lv: self.chrgitm_lv,
            pric_uplmt: self.hi_pay_std.as_ref().map(|standard| standard.0),
            in_scope: self.in_scope,
        })
    }
}

/// A word of the domain, written as a text or as a number.
#[derive(Debug, Clone)]
struct Parsed<T>(T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            other => return Err(D::Error::custom(format!("expected a text or a number, not {other}"))),
        };
        text.parse().map(Self).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
    }
}

macro_rules! coded {
    ($($name:ident -> $ty:ty;)+) => {
        $(fn $name<'de, D: Deserializer<'de>>(from: D) -> Result<$ty, D::Error> {
            let code = String::deserialize(from)?;
            let unknown = || D::Error::custom(format!("{}: code {code:?} is not known here", stringify!($name)));
            <$ty>::from_code(&code).ok_or_else(unknown)
        })+
    };
}

coded! {
    insutype -> Insutype;
    psn_type -> PsnType;
    acct_used_flag -> AcctUsedFlag;
    chrgitm_lv -> ChrgitmLv;
}

/// Of its dictionary only what a prescription of a visit may have.
fn otp_ipt_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let code = String::deserialize(from)?;
    match code.as_str() {
        "1" | "2" => Ok(Some(code)),
        _ => Err(D::Error::custom(format!("otp_ipt_flag: code {code:?} is not known here"))),
    }
}

fn level<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Level>, D::Error> {
    let code = String::deserialize(from)?;
    let unknown = || D::Error::custom(format!("hosp_lv: code {code:?} is not known here"));
    Level::from_hosp_lv(&code).map(Some).ok_or_else(unknown)
}

fn used<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Totals>, D::Error> {
    let mut all = BTreeMap::new();
    for (code, used) in BTreeMap::<String, UsedOf>::deserialize(from)? {
        let fen = |amount: Option<Parsed<Fen>>| amount.map_or(Fen::ZERO, |amount| amount.0);
        let mut totals = Totals {
            eligible_fen: fen(used.inscp_scp_amt),
            fund_paid_fen: fen(used.fund_pay_sumamt),
            ..Totals::default()
        };
        for (month, amount) in used.act_pay_dedc {
            let at = month.parse::<usize>().ok().and_then(|month| month.checked_sub(1));
            let slot = at.and_then(|at| totals.deductible_used_fen.get_mut(at));
            let wrong = || D::Error::custom(format!("act_pay_dedc: month {month:?} is not 1 to 12"));
            *slot.ok_or_else(wrong)? = amount.0;
        }
        Accumulator::from_stored(0, totals, 0).map_err(|error| D::Error::custom(format!("used.{code}: {error}")))?;
        all.insert(code, totals);
    }
    Ok(all)
}

fn no_account() -> AcctUsedFlag {
    AcctUsedFlag::No
}

fn yes() -> bool {
    true
}
