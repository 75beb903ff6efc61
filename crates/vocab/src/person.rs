//! Identifiers of persons: `psn_no`, certificate numbers with their check digits (GB 11643-1999), the 社会保障卡.
//!
//! `Debug` never shows them: an identifier of a person must not reach a log by accident.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::CodeError;
use crate::day::Day;

/// 医保人员编号, up to 30 characters, opaque.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PsnNo(String);

/// 证件号码, up to 50 characters; an 18-character resident identity number has its check digit proved.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certno(String);

/// 社会保障卡卡号, up to 50 characters: the 就诊凭证编号 of 就诊凭证类型 03. Its letters are upper-case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sscno(String);

/// 卡识别码, up to 32 characters: what the chip says of itself. Its letters are upper-case, as some readers do not write them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardSn(String);

impl PsnNo {
    /// The text as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Sscno {
    /// The text as sent, its letters made upper-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CardSn {
    /// The text as sent, its letters made upper-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Certno {
    /// The text as sent, a final `x` made upper-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks it as a resident identity card (`psn_cert_type` 01).
    pub fn check_resident(&self) -> Result<(), CodeError> {
        let form = CodeError::Form("18位居民身份证号");
        let bytes = self.0.as_bytes();
        if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
            return Err(form);
        }
        if resident_check(&bytes[..17]) != bytes[17] || self.birthday().is_none() { Err(form) } else { Ok(()) }
    }

    /// The birthday inside a resident identity number.
    pub fn birthday(&self) -> Option<Day> {
        let text = self.0.get(6..14).filter(|_| self.0.len() == 18)?;
        format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..)?).parse().ok()
    }
}

/// The check character of 17 digits, ISO 7064 MOD 11-2 as GB 11643 uses it.
pub fn resident_check(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    b"10X98765432"[(sum % 11) as usize]
}

fn limited(text: &str, max: usize) -> Result<(), CodeError> {
    if text.is_empty() {
        return Err(CodeError::Empty);
    }
    if text.chars().count() > max { Err(CodeError::TooLong(max)) } else { Ok(()) }
}

impl FromStr for PsnNo {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        limited(text, 30)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Certno {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        limited(text, 50)?;
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl FromStr for Sscno {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        limited(text, 50)?;
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl FromStr for CardSn {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        limited(text, 32)?;
        Ok(Self(text.to_ascii_uppercase()))
    }
}

macro_rules! person_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = CodeError;
            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }
    };
}
person_text!(PsnNo);
person_text!(Certno);
person_text!(Sscno);
person_text!(CardSn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_numbers_prove_their_check_digit() {
        let good: Certno = "11010519491231002x".parse().unwrap();
        assert_eq!(good.check_resident(), Ok(()));
        assert_eq!(good.birthday().unwrap().to_string(), "1949-12-31");
        let bad: Certno = "110105194912310021".parse().unwrap();
        assert!(bad.check_resident().is_err());
    }

    #[test]
    fn a_certificate_of_18_bytes_that_are_no_digits_has_no_birthday() {
        for text in ["三个字三个字", "200\u{fffd}M12345678901", "36090219790四165015"] {
            assert_eq!(text.parse::<Certno>().unwrap().birthday(), None, "{text}");
        }
    }

    #[test]
    fn a_card_has_its_lengths_and_one_case() {
        let no = |text: &str| text.parse::<Sscno>().map(|no| no.as_str().to_owned());
        let sn = |text: &str| text.parse::<CardSn>().map(|sn| sn.as_str().to_owned());
        assert_eq!((no("j3600001"), sn("3609ffd1")), (Ok("J3600001".to_owned()), Ok("3609FFD1".to_owned())));
        assert_eq!((no(""), sn("")), (Err(CodeError::Empty), Err(CodeError::Empty)));
        assert!(no(&"1".repeat(50)).is_ok() && sn(&"1".repeat(32)).is_ok());
        assert_eq!(no(&"1".repeat(51)), Err(CodeError::TooLong(50)));
        assert_eq!(sn(&"1".repeat(33)), Err(CodeError::TooLong(32)));
        let shown = format!("{:?} {:?}", "J3600001".parse::<Sscno>(), "3609FFD1".parse::<CardSn>());
        assert!(!shown.contains("3600001") && !shown.contains("3609"), "{shown}");
    }

    #[test]
    fn debug_does_not_show_a_person() {
        let certno: Certno = "11010519491231002X".parse().unwrap();
        assert_eq!(format!("{certno:?}"), "Certno(…)");
    }
}
