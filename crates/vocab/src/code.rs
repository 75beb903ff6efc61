//! Codes given by others: regions, institutions, drugs, doctors, pharmacists, trace codes of drugs.
//!
//! Sources: GB/T 2260; fsi.md §4; 医保药品编码 rules. A code is validated as far as its structure is
//! documented and no further; the rest is opaque.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not such a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Empty.
    #[error("不能为空")]
    Empty,
    /// Longer than the interface allows.
    #[error("长度超过{0}")]
    TooLong(usize),
    /// Not of the documented form.
    #[error("格式应为{0}")]
    Form(&'static str),
}

/// 医保区划: six digits, the first two a province.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Admdvs([u8; 6]);

impl Admdvs {
    /// The whole country, 100000.
    pub const NATIONAL: Self = Self(*b"100000");

    /// The six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("000000")
    }

    /// Its province, `xx0000`.
    pub fn province(self) -> Self {
        Self([self.0[0], self.0[1], b'0', b'0', b'0', b'0'])
    }

    /// Its prefecture, `xxxx00`.
    pub fn prefecture(self) -> Self {
        Self([self.0[0], self.0[1], self.0[2], self.0[3], b'0', b'0'])
    }

    /// From the country down to itself, each authority once: the chain along which law is looked up.
    pub fn chain(self) -> Vec<Self> {
        let mut chain = vec![Self::NATIONAL];
        for next in [self.province(), self.prefecture(), self] {
            if chain.last() != Some(&next) {
                chain.push(next);
            }
        }
        chain
    }

    /// For digits that a longer identifier has already proved.
    pub(crate) fn from_digits_lossy(text: &str) -> Self {
        text.parse().unwrap_or(Self::NATIONAL)
    }
}

impl FromStr for Admdvs {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let form = CodeError::Form("6位行政区划代码");
        let bytes: [u8; 6] = text.as_bytes().try_into().map_err(|_| form)?;
        if !bytes.iter().all(u8::is_ascii_digit) || bytes[0] == b'0' {
            return Err(form);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Admdvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Admdvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl From<Admdvs> for String {
    fn from(value: Admdvs) -> String {
        value.as_str().to_owned()
    }
}
impl TryFrom<String> for Admdvs {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

/// What kind of institution a code names by its first letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixmedinsKind {
    /// 定点医疗机构, `H`.
    Hospital,
    /// 定点零售药店, `P`.
    Pharmacy,
}

macro_rules! text_code {
    ($(#[$doc:meta])* $name:ident, $max:literal, $valid:expr, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;
            fn from_str(text: &str) -> Result<Self, CodeError> {
                if text.is_empty() {
                    return Err(CodeError::Empty);
                }
                if text.len() > $max {
                    return Err(CodeError::TooLong($max));
                }
                let valid: fn(&[u8]) -> bool = $valid;
                if !valid(text.as_bytes()) {
                    return Err(CodeError::Form($form));
                }
                Ok(Self(text.to_owned()))
            }
        }
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
            type Error = CodeError;
            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }
    };
}

fn upper_and_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn letter_then_digits(bytes: &[u8], letters: &[u8], length: usize) -> bool {
    bytes.len() == length && bytes.starts_with(letters) && bytes[letters.len()..].iter().all(u8::is_ascii_digit)
}

text_code!(
    /// 定点医药机构编号: `H` or `P`, six digits region, five digits serial (fsi.md §4.2).
    FixmedinsCode, 12,
    |b| letter_then_digits(b, b"H", 12) || letter_then_digits(b, b"P", 12),
    "H或P加11位数字"
);
text_code!(
    /// 医疗目录编码 (医保药品编码): opaque beyond its alphabet; the first letter names the family.
    MedListCodg, 50, |b| b.len() >= 6 && upper_and_digits(b), "大写字母和数字的医保药品编码"
);
text_code!(
    /// 国家医保医师代码: `D` and twelve digits.
    DrCode, 13, |b| letter_then_digits(b, b"D", 13), "D加12位数字"
);
text_code!(
    /// 医保药师代码: `HY` and twelve digits in institutions; the form used by retail pharmacies is
    /// not published, so any letters and digits pass.
    PharCode, 50, |b| b.len() >= 4 && upper_and_digits(b), "大写字母和数字的药师代码"
);
text_code!(
    /// 药品追溯码: 20 digits in 码上放心; GS1 and makers' own codes are longer (fsi.md §4.4).
    DrugTracCodg, 500, |b| b.len() >= 7 && b.iter().all(|c| c.is_ascii_graphic() || *c == 0x1d), "7位以上的追溯码"
);

impl FixmedinsCode {
    /// Hospital or pharmacy.
    pub fn kind(&self) -> FixmedinsKind {
        if self.0.starts_with('H') { FixmedinsKind::Hospital } else { FixmedinsKind::Pharmacy }
    }

    /// The region inside the code.
    pub fn admdvs(&self) -> Admdvs {
        Admdvs::from_digits_lossy(&self.0[1..7])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_goes_from_the_country_to_the_place() {
        let chain =
            |text: &str| text.parse::<Admdvs>().unwrap().chain().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(chain("360902"), ["100000", "360000", "360900", "360902"]);
        assert_eq!(chain("360900"), ["100000", "360000", "360900"]);
        assert_eq!(chain("360000"), ["100000", "360000"]);
    }

    #[test]
    fn institution_codes_say_what_they_name() {
        let code: FixmedinsCode = "P36090200101".parse().unwrap();
        assert_eq!((code.kind(), code.admdvs().as_str()), (FixmedinsKind::Pharmacy, "360902"));
        for text in ["", "X36090200101", "P3609020010", "P3609020010１", "p36090200101"] {
            assert!(text.parse::<FixmedinsCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn real_drug_codes_pass() {
        for text in ["XA11GAW043A013010100002", "ZA04CAE0023010100166", "T511702879"] {
            assert!(text.parse::<MedListCodg>().is_ok(), "{text}");
        }
        assert!("xa11".parse::<MedListCodg>().is_err());
    }
}
