//! Money, prices, quantities and ratios as scaled integers. Serves every transaction that counts.
//!
//! Invariants: no float anywhere; parsing never rounds (a third decimal of a fen amount is an
//! error, trailing zeros are not); arithmetic is checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing, or something that is not a plain decimal number.
    #[error("不是十进制数字")]
    NotANumber,
    /// More digits behind the point than the type keeps.
    #[error("小数位超过{0}位")]
    TooPrecise(u32),
    /// Outside the range of the type.
    #[error("数值超出范围")]
    TooLarge,
}

/// Reads a plain decimal (`-?digits[.digits][e±n]` as JSON writes it) into an integer scaled by
/// `10^scale`, exactly or not at all.
pub fn parse_scaled(text: &str, scale: u32) -> Result<i64, AmountError> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = split_exponent(rest)?;
    let (whole, frac) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits_only = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(frac) || mantissa.ends_with('.') {
        return Err(AmountError::NotANumber);
    }
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(frac.bytes()) {
        value = value * 10 + i128::from(byte - b'0');
        if value > i128::from(i64::MAX) * 1_000_000_000 {
            return Err(AmountError::TooLarge);
        }
    }
    let shift = i64::from(scale) + exponent - frac.len() as i64;
    let scaled = shift_decimal(value, shift, scale)?;
    let signed = if negative { -scaled } else { scaled };
    i64::try_from(signed).map_err(|_| AmountError::TooLarge)
}

fn split_exponent(text: &str) -> Result<(&str, i64), AmountError> {
    match text.find(['e', 'E']) {
        None => Ok((text, 0)),
        Some(at) => {
            let exponent: i64 = text[at + 1..].parse().map_err(|_| AmountError::NotANumber)?;
            if exponent.unsigned_abs() > 30 {
                return Err(AmountError::TooLarge);
            }
            Ok((&text[..at], exponent))
        }
    }
}

fn shift_decimal(value: i128, shift: i64, scale: u32) -> Result<i128, AmountError> {
    if shift >= 0 {
        let power = u32::try_from(shift).ok().and_then(|s| 10i128.checked_pow(s));
        return power.and_then(|p| value.checked_mul(p)).ok_or(AmountError::TooLarge);
    }
    let Some(power) = u32::try_from(-shift).ok().and_then(|s| 10i128.checked_pow(s)) else {
        return if value == 0 { Ok(0) } else { Err(AmountError::TooPrecise(scale)) };
    };
    if value % power != 0 {
        return Err(AmountError::TooPrecise(scale));
    }
    Ok(value / power)
}

fn write_scaled(f: &mut fmt::Formatter<'_>, value: i64, scale: u32, least: usize) -> fmt::Result {
    let power = 10u64.pow(scale);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let mut frac = format!("{:0width$}", magnitude % power, width = scale as usize);
    while frac.len() > least && frac.ends_with('0') {
        frac.pop();
    }
    if frac.is_empty() {
        write!(f, "{sign}{}", magnitude / power)
    } else {
        write!(f, "{sign}{}.{frac}", magnitude / power)
    }
}

macro_rules! scaled {
    ($(#[$doc:meta])* $name:ident, $scale:literal, $least:literal, $unit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            #[doc = concat!("From the scaled integer: one is ", $unit, ".")]
            pub const fn new(scaled: i64) -> Self {
                Self(scaled)
            }

            #[doc = concat!("The scaled integer: one is ", $unit, ".")]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The sum, or `None` beyond the range.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference, or `None` beyond the range.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// Whether it is below nothing.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }
        }

        impl FromStr for $name {
            type Err = AmountError;
            fn from_str(text: &str) -> Result<Self, AmountError> {
                parse_scaled(text, $scale).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_scaled(f, self.0, $scale, $least)
            }
        }
    };
}

scaled!(
    /// An amount of money in fen. Written as yuan with two decimals.
    Fen, 2, 2, "one fen"
);
scaled!(
    /// A quantity with four decimals, num(16,4): `drugCnt`, `cnt`, `sinDoscnt`.
    Qty, 4, 0, "one ten-thousandth"
);
scaled!(
    /// A unit price in millionths of a yuan, num(16,6): `pric`.
    Pric, 6, 0, "one millionth of a yuan"
);
scaled!(
    /// An exact ratio in millionths; 1 000 000 is the whole. Source: rule packs write it as a decimal text.
    Ratio, 6, 0, "one millionth"
);

impl Fen {
    /// The negative amount: a reversal is a new settlement of these.
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The sum of many, or `None` beyond the range.
    pub fn sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }

    /// `self × ratio`, halves of a fen away from zero.
    pub fn times(self, ratio: Ratio) -> Option<Fen> {
        round_half_up(i128::from(self.0) * i128::from(ratio.0), 1_000_000).map(Self)
    }
}

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// What is left to the whole.
    pub fn rest(self) -> Self {
        Self(1_000_000 - self.0)
    }

    /// With exactly four decimals, as num(5,4) fields are written.
    pub fn to_four(self) -> String {
        let tenthousandths = self.0 / 100;
        format!("{}.{:04}", tenthousandths / 10_000, tenthousandths.abs() % 10_000)
    }
}

impl Pric {
    /// `cnt × pric`, halves of a fen away from zero (fsi identity 6).
    pub fn times(self, cnt: Qty) -> Option<Fen> {
        round_half_up(i128::from(self.0) * i128::from(cnt.0), 100_000_000).map(Fen)
    }
}

fn round_half_up(value: i128, divisor: i128) -> Option<i64> {
    let half = divisor / 2;
    let rounded = if value < 0 { (value - half) / divisor } else { (value + half) / divisor };
    i64::try_from(rounded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_exponent_at_the_end_of_its_range_is_too_large() {
        for text in ["1e31", "1e-31", "1e9223372036854775807", "1e-9223372036854775808", "0e-9223372036854775808"] {
            assert_eq!(text.parse::<Fen>(), Err(AmountError::TooLarge), "{text}");
        }
        assert_eq!("1e99999999999999999999".parse::<Fen>(), Err(AmountError::NotANumber));
        assert_eq!("100e-2".parse::<Fen>(), Ok(Fen::new(100)));
    }

    #[test]
    fn fen_reads_exactly_or_not_at_all() {
        for (text, want) in [
            ("1.50", Ok(150)),
            ("1.5", Ok(150)),
            ("10", Ok(1000)),
            ("-0.01", Ok(-1)),
            ("1.5000", Ok(150)),
            ("1e2", Ok(10_000)),
            ("1.234", Err(AmountError::TooPrecise(2))),
            ("", Err(AmountError::NotANumber)),
            ("1.", Err(AmountError::NotANumber)),
            ("一元", Err(AmountError::NotANumber)),
            ("99999999999999999999", Err(AmountError::TooLarge)),
        ] {
            assert_eq!(text.parse::<Fen>().map(Fen::get), want, "{text}");
        }
    }

    #[test]
    fn price_times_count_rounds_half_up() {
        let pric: Pric = "0.333333".parse().unwrap();
        assert_eq!(pric.times("3".parse().unwrap()), Some(Fen::new(100)));
        let pric: Pric = "0.005".parse().unwrap();
        assert_eq!(pric.times("1".parse().unwrap()), Some(Fen::new(1)));
    }

    proptest! {
        #[test]
        fn fen_display_parses_back(fen in -1_000_000_000_000i64..1_000_000_000_000) {
            prop_assert_eq!(Fen::new(fen).to_string().parse::<Fen>().unwrap(), Fen::new(fen));
        }

        #[test]
        fn nothing_parses_into_a_panic(text in ".{0,40}") {
            let _ = text.parse::<Qty>();
            let _ = text.parse::<Ratio>();
        }
    }
}
