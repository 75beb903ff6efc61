//! What one person has used of one scheme in one year. Serves 2102 and 2103 (累计信息).
//!
//! Invariants: no figure is negative; [`Accumulator::without`] after [`Accumulator::after`] with the
//! same shares gives the same [`Totals`], whatever was settled in between; the version only grows.

use lf_vocab::Fen;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::scheme::Period;
use crate::shares::Shares;

/// What one person has used of one scheme in one calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Accumulator {
    year: i16,
    totals: Totals,
    version: u64,
}

/// The figures of an accumulator, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// 符合政策范围金额 so far.
    pub eligible_fen: Fen,
    /// 起付线 used, by month from January on; the year's is their sum.
    pub deductible_used_fen: [Fen; 12],
    /// Paid by the fund so far.
    pub fund_paid_fen: Fen,
}

/// Why an accumulator cannot be, or cannot take a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccumulatorError {
    /// The settlement counts in another year.
    #[error("累计年度{accumulator}与结算年度{shares}不符")]
    WrongYear {
        /// The accumulator's year.
        accumulator: i16,
        /// The settlement's year.
        shares: i16,
    },
    /// The settlement names no month.
    #[error("结算月份{0}不在1到12之间")]
    WrongMonth(i8),
    /// A figure would fall below nothing: what is taken out was never in it.
    #[error("累计{0}将为负数")]
    Negative(&'static str),
    /// A figure beyond the range.
    #[error("累计{0}超出范围")]
    TooLarge(&'static str),
}

impl Accumulator {
    /// Nothing used yet; version 0 is never stored.
    pub fn new(year: i16) -> Self {
        Self { year, totals: Totals::default(), version: 0 }
    }

    /// From a stored row.
    pub fn from_stored(year: i16, totals: Totals, version: u64) -> Result<Self, AccumulatorError> {
        totals.check()?;
        Ok(Self { year, totals, version })
    }

    /// The calendar year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The figures.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// How many settlements and reversals it has taken: for the audit.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Paid by the fund this year.
    pub fn fund_paid_fen(&self) -> Fen {
        self.totals.fund_paid_fen
    }

    /// Deductible used in the period that `month` (1–12) falls in.
    pub fn deductible_used_fen(&self, period: Period, month: i8) -> Fen {
        let months = &self.totals.deductible_used_fen;
        match period {
            Period::Year => Fen::sum(months.iter().copied()).unwrap_or(Fen::new(i64::MAX)),
            Period::Month => month_index(month).map_or(Fen::ZERO, |at| months[at]),
        }
    }

    /// With this settlement (or this reversal, whose amounts are negative) counted in.
    pub fn after(&self, shares: &Shares) -> Result<Self, AccumulatorError> {
        self.moved(shares, Fen::checked_add)
    }

    /// The accumulator of a [`crate::Pot`] with this settlement (or reversal) counted in: only what the fund paid.
    pub fn after_fund(&self, shares: &Shares) -> Result<Self, AccumulatorError> {
        if shares.year != self.year {
            return Err(AccumulatorError::WrongYear { accumulator: self.year, shares: shares.year });
        }
        let paid = self.totals.fund_paid_fen.checked_add(shares.fund_pay_sumamt);
        let fund_paid_fen = paid.ok_or(AccumulatorError::TooLarge(FUND_PAID))?;
        Self::from_stored(self.year, Totals { fund_paid_fen, ..self.totals }, self.version.saturating_add(1))
    }

    /// With this settlement taken out again; the same as [`Self::after`] its reversal.
    pub fn without(&self, shares: &Shares) -> Result<Self, AccumulatorError> {
        self.moved(shares, Fen::checked_sub)
    }

    fn moved(&self, shares: &Shares, by: fn(Fen, Fen) -> Option<Fen>) -> Result<Self, AccumulatorError> {
        if shares.year != self.year {
            return Err(AccumulatorError::WrongYear { accumulator: self.year, shares: shares.year });
        }
        let month = month_index(shares.month).ok_or(AccumulatorError::WrongMonth(shares.month))?;
        let mut totals = self.totals;
        for (name, total, flow) in [
            (ELIGIBLE, &mut totals.eligible_fen, shares.inscp_scp_amt),
            (DEDUCTIBLE, &mut totals.deductible_used_fen[month], shares.act_pay_dedc),
            (FUND_PAID, &mut totals.fund_paid_fen, shares.fund_pay_sumamt),
        ] {
            *total = by(*total, flow).ok_or(AccumulatorError::TooLarge(name))?;
        }
        Self::from_stored(self.year, totals, self.version.saturating_add(1))
    }
}

const ELIGIBLE: &str = "符合政策范围金额";
const DEDUCTIBLE: &str = "起付线";
const FUND_PAID: &str = "基金支付金额";

impl Totals {
    fn check(&self) -> Result<(), AccumulatorError> {
        for (name, figures) in [
            (ELIGIBLE, std::slice::from_ref(&self.eligible_fen)),
            (DEDUCTIBLE, &self.deductible_used_fen[..]),
            (FUND_PAID, std::slice::from_ref(&self.fund_paid_fen)),
        ] {
            if figures.iter().any(|figure| figure.is_negative()) {
                return Err(AccumulatorError::Negative(name));
            }
            Fen::sum(figures.iter().copied()).ok_or(AccumulatorError::TooLarge(name))?;
        }
        Ok(())
    }
}

fn month_index(month: i8) -> Option<usize> {
    usize::try_from(month).ok().filter(|m| (1..=12).contains(m)).map(|m| m - 1)
}

/// The written form, not yet checked.
#[derive(Serialize, Deserialize)]
struct Raw {
    year: i16,
    totals: Totals,
    version: u64,
}

impl TryFrom<Raw> for Accumulator {
    type Error = AccumulatorError;
    fn try_from(raw: Raw) -> Result<Self, AccumulatorError> {
        Self::from_stored(raw.year, raw.totals, raw.version)
    }
}

impl From<Accumulator> for Raw {
    fn from(acc: Accumulator) -> Self {
        Self { year: acc.year, totals: acc.totals, version: acc.version }
    }
}
