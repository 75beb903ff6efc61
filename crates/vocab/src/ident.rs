//! The two numbers the center itself gives out: `hi_rxno` (30 digits) and `rx_trace_code` (20 digits), 7101.
//!
//! Their inner structure is ours (the national one is unpublished): `hi_rxno` = region 6, day 8, serial 15,
//! check 1; `rx_trace_code` = region 6, day 6 (`yyMMdd`), serial 7, check 1. The check digit is
//! ISO 7064 MOD 11,10. The region is the 统筹区, so the partition of a prescription can be read from its number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::code::Admdvs;
use crate::day::Day;

/// The last serial a region can give on one day; the shorter number sets the limit.
pub const SERIAL_MAX: u64 = 9_999_999;

/// Why a text is not one of the center's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentError {
    /// Wrong number of characters.
    #[error("应为{0}位数字")]
    Length(usize),
    /// Something other than ASCII digits.
    #[error("只能包含数字")]
    NotDigits,
    /// The check digit is wrong.
    #[error("校验位不正确")]
    Check,
    /// Region or day inside are impossible.
    #[error("区划或日期部分不正确")]
    Part,
    /// The day's serials are used up.
    #[error("当日流水号已用尽")]
    Exhausted,
}

fn check_digit(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10u32, |product, byte| {
        let sum = (product + u32::from(byte - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    ((11 - product) % 10) as u8
}

fn checked(text: &str, length: usize) -> Result<(), IdentError> {
    if text.len() != length {
        return Err(IdentError::Length(length));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdentError::NotDigits);
    }
    let (body, check) = text.as_bytes().split_at(length - 1);
    if check_digit(body) != check[0] - b'0' { Err(IdentError::Check) } else { Ok(()) }
}

/// 医保处方编号: the number of a prescription at the center, 30 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HiRxno(String);

impl HiRxno {
    /// Builds it. Errors: `Exhausted` above [`SERIAL_MAX`].
    pub fn new(poolarea_no: Admdvs, day: Day, serial: u64) -> Result<Self, IdentError> {
        if serial > SERIAL_MAX {
            return Err(IdentError::Exhausted);
        }
        let mut text = format!("{poolarea_no}{}{serial:015}", day.compact());
        text.push(char::from(b'0' + check_digit(text.as_bytes())));
        Ok(Self(text))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 统筹区: the partition in which the prescription lives.
    pub fn poolarea_no(&self) -> Admdvs {
        // The constructor and the parser both proved the first six digits.
        Admdvs::from_digits_lossy(&self.0[..6])
    }

    /// The day on which it was given out.
    pub fn day(&self) -> Day {
        // The constructor and the parser both proved these digits.
        let digits = &self.0;
        format!("{}-{}-{}", &digits[6..10], &digits[10..12], &digits[12..14]).parse().unwrap_or(Day::FIRST)
    }
}

impl FromStr for HiRxno {
    type Err = IdentError;
    fn from_str(text: &str) -> Result<Self, IdentError> {
        checked(text, 30)?;
        text[..6].parse::<Admdvs>().map_err(|_| IdentError::Part)?;
        let day = format!("{}-{}-{}", &text[6..10], &text[10..12], &text[12..14]);
        day.parse::<Day>().map_err(|_| IdentError::Part)?;
        Ok(Self(text.to_owned()))
    }
}

/// 处方追溯码: printed into the prescription file before it is signed, 20 digits, used once (7103).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RxTraceCode(String);

impl RxTraceCode {
    /// Builds it. Errors: `Exhausted` above [`SERIAL_MAX`].
    pub fn new(poolarea_no: Admdvs, day: Day, serial: u64) -> Result<Self, IdentError> {
        if serial > SERIAL_MAX {
            return Err(IdentError::Exhausted);
        }
        let mut text = format!("{poolarea_no}{}{serial:07}", &day.compact()[2..]);
        text.push(char::from(b'0' + check_digit(text.as_bytes())));
        Ok(Self(text))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 统筹区: the partition in which its prescription lives.
    pub fn poolarea_no(&self) -> Admdvs {
        Admdvs::from_digits_lossy(&self.0[..6])
    }
}

impl FromStr for RxTraceCode {
    type Err = IdentError;
    fn from_str(text: &str) -> Result<Self, IdentError> {
        checked(text, 20)?;
        text[..6].parse::<Admdvs>().map_err(|_| IdentError::Part)?;
        let day = format!("20{}-{}-{}", &text[6..8], &text[8..10], &text[10..12]);
        day.parse::<Day>().map_err(|_| IdentError::Part)?;
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdentError;
            fn try_from(text: String) -> Result<Self, IdentError> {
                text.parse()
            }
        }
    };
}
text_like!(HiRxno);
text_like!(RxTraceCode);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yichun() -> Admdvs {
        "360900".parse().unwrap()
    }

    #[test]
    fn hi_rxno_carries_region_day_serial_and_check() {
        let number = HiRxno::new(yichun(), "2026-11-22".parse().unwrap(), 42).unwrap();
        assert_eq!(number.as_str().len(), 30);
        assert!(number.as_str().starts_with("36090020261122000000000000042"));
        assert_eq!(number.poolarea_no(), yichun());
        assert_eq!(number.day().to_string(), "2026-11-22");
        assert_eq!(number.as_str().parse::<HiRxno>(), Ok(number));
    }

    #[test]
    fn serials_end_where_they_say() {
        let day = "2026-11-22".parse().unwrap();
        assert!(HiRxno::new(yichun(), day, SERIAL_MAX).is_ok());
        assert_eq!(HiRxno::new(yichun(), day, SERIAL_MAX + 1), Err(IdentError::Exhausted));
        assert_eq!(RxTraceCode::new(yichun(), day, SERIAL_MAX + 1), Err(IdentError::Exhausted));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(serial in 0u64..=SERIAL_MAX, at in 0usize..30, add in 1u8..10) {
            let number = HiRxno::new(yichun(), "2026-11-22".parse().unwrap(), serial).unwrap();
            let mut bytes = number.as_str().as_bytes().to_vec();
            bytes[at] = b'0' + (bytes[at] - b'0' + add) % 10;
            prop_assert!(String::from_utf8(bytes).unwrap().parse::<HiRxno>().is_err());
        }
    }
}
