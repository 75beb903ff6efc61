//! The running number in the 前记 of a paper prescription. Serves HB-1.17 and GX-3.6.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Unique within the institution that issued it: one to twelve digits, not nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PaperNo(u64);

/// One to twelve digits, not nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no running number of one to twelve digits")]
pub struct PaperNoError;

impl PaperNo {
    /// As a number, to count with.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number with this value, where there is one.
    pub fn of(number: u64) -> Option<Self> {
        (1..1_000_000_000_000).contains(&number).then_some(Self(number))
    }
}

impl FromStr for PaperNo {
    type Err = PaperNoError;
    fn from_str(text: &str) -> Result<Self, PaperNoError> {
        let digits = (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).and_then(Self::of).ok_or(PaperNoError)
    }
}

impl fmt::Display for PaperNo {
    /// With all twelve digits, so that texts sort as numbers do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl serde::Serialize for PaperNo {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PaperNo {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_to_twelve_digits_and_is_not_nought() {
        for (text, shown) in [("1", Some("000000000001")), ("999999999999", Some("999999999999"))] {
            assert_eq!(text.parse::<PaperNo>().ok().map(|no| no.to_string()).as_deref(), shown);
        }
        for wrong in ["", "0", "000", "1000000000000", "12a", "-1", "+1", "１"] {
            assert_eq!(wrong.parse::<PaperNo>(), Err(PaperNoError), "{wrong}");
        }
    }
}
