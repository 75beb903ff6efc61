//! A record: the parts of one prescription and the hash that binds them.
//!
//! The bytes that are hashed, integers of eight bytes, big-endian: the text [`DOMAIN`] · the 30 digits of `hi_rxno` · the number of
//! parts · for every part, in the order of their names' bytes: length of the name, the name, length of the body, the SM3 of the
//! body (32 bytes). The SM3 of that is the record's. No part can be changed, renamed, dropped or moved to another record
//! without its changing; the manifest lists it, so a record can be compared without its parts.

use lf_gm::Sm3;
use lf_vocab::HiRxno;
use thiserror::Error;

use crate::PARTS_MAX;

/// What is hashed before everything else, so that no other hash of the center is one of these.
pub const DOMAIN: &str = "liufang archive record 1";
/// The longest name of a part.
pub const NAME_MAX: usize = 96;

/// A named part.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    name: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// Why a name or a record cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Letters, digits, `-`, `_` and single dots only, up to [`NAME_MAX`]: it becomes a file on an inspector's disk.
    #[error("`{0}` is no name of a part")]
    Name(String),
    /// Two parts of one name.
    #[error("two parts are named `{0}`")]
    Twice(String),
    /// More than [`PARTS_MAX`] parts, or none.
    #[error("{0} parts")]
    Count(usize),
}

/// The parts of one prescription, in the order of their names.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Of which prescription.
    pub hi_rxno: HiRxno,
    parts: Vec<Part>,
}

impl Part {
    /// A part.
    ///
    /// # Errors
    /// [`NameError::Name`].
    pub fn new(name: &str, body: Vec<u8>) -> Result<Self, NameError> {
        if is_name(name) { Ok(Self { name: name.to_owned(), body }) } else { Err(NameError::Name(name.to_owned())) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Record {
    /// Binds the parts of a prescription.
    ///
    /// # Errors
    /// [`NameError::Twice`], [`NameError::Count`].
    pub fn new(hi_rxno: HiRxno, mut parts: Vec<Part>) -> Result<Self, NameError> {
        if parts.is_empty() || parts.len() > PARTS_MAX {
            return Err(NameError::Count(parts.len()));
        }
        parts.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some(pair) = parts.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(NameError::Twice(pair[0].name.clone()));
        }
        Ok(Self { hi_rxno, parts })
    }

    /// In the order of their names.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The hash that binds them.
    pub fn sm3(&self) -> [u8; 32] {
        let digests =
            self.parts.iter().map(|part| (part.name.as_str(), part.body.len() as u64, lf_gm::sm3(&part.body)));
        record_sm3(&self.hi_rxno, digests.collect::<Vec<_>>().iter().map(|(name, len, sm3)| (*name, *len, sm3)))
    }
}

/// The hash of a record from name, length and SM3 of its parts, which must come in the order of their names.
pub fn record_sm3<'p>(
    hi_rxno: &HiRxno,
    parts: impl ExactSizeIterator<Item = (&'p str, u64, &'p [u8; 32])>,
) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(128 * (parts.len() + 1));
    bytes.extend_from_slice(DOMAIN.as_bytes());
    bytes.extend_from_slice(hi_rxno.as_str().as_bytes());
    bytes.extend_from_slice(&(parts.len() as u64).to_be_bytes());
    for (name, length, sm3) in parts {
        bytes.extend_from_slice(&(name.len() as u64).to_be_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(sm3);
    }
    let mut hash = Sm3::new();
    hash.update(&bytes);
    hash.finish()
}

/// Whether a name may stand in a ZIP: no folder, nothing hidden, nothing that another system reads otherwise.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=NAME_MAX).contains(&name.len()) && name.chars().all(known) && !name.starts_with('.') && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(serial: u64) -> HiRxno {
        HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap()
    }

    fn part(name: &str, body: &str) -> Part {
        Part::new(name, body.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn everything_of_a_record_counts_but_the_order_it_was_given_in() {
        let hash = |serial, parts: &[(&str, &str)]| {
            let parts = parts.iter().map(|(name, body)| part(name, body)).collect();
            Record::new(number(serial), parts).unwrap().sm3()
        };
        let base = hash(1, &[("a", "1"), ("b", "2")]);
        assert_eq!(hash(1, &[("b", "2"), ("a", "1")]), base);
        let others: [(u64, &[(&str, &str)]); 7] = [
            (2, &[("a", "1"), ("b", "2")]),
            (1, &[("a", "1"), ("b", "3")]),
            (1, &[("a", "2"), ("b", "1")]),
            (1, &[("a", "1"), ("c", "2")]),
            (1, &[("a", "1")]),
            (1, &[("a", "1"), ("b", "2"), ("c", "")]),
            (1, &[("ab", "1"), ("b", "2")]),
        ];
        for (serial, parts) in others {
            assert_ne!(hash(serial, parts), base, "{parts:?}");
        }
    }

    #[test]
    fn the_encoding_is_the_documented_one() {
        let record = Record::new(number(1), vec![part("a", "1")]).unwrap();
        let mut bytes = b"liufang archive record 1".to_vec();
        bytes.extend_from_slice(record.hi_rxno.as_str().as_bytes());
        bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.extend_from_slice(&lf_gm::sm3(b"1"));
        assert_eq!(record.sm3(), lf_gm::sm3(&bytes));
    }

    #[test]
    fn names_are_plain_and_counts_have_their_limits() {
        let longest = "n".repeat(NAME_MAX);
        for good in ["prescription.json", "settlement-360900A1.pdf", longest.as_str()] {
            assert!(Part::new(good, Vec::new()).is_ok(), "{good}");
        }
        let longer = "n".repeat(NAME_MAX + 1);
        for bad in ["", "a/b", "..", "a..b", ".hidden", "中文", "a b", "a\tb", "a\\b", longer.as_str()] {
            assert_eq!(Part::new(bad, Vec::new()).err(), Some(NameError::Name(bad.to_owned())), "{bad}");
        }
        let record = |count: usize| Record::new(number(1), (0..count).map(|n| part(&format!("p{n}"), "")).collect());
        assert!(record(PARTS_MAX).is_ok() && record(1).is_ok());
        assert_eq!(record(0).err(), Some(NameError::Count(0)));
        assert_eq!(record(PARTS_MAX + 1).err(), Some(NameError::Count(PARTS_MAX + 1)));
        let twice = Record::new(number(1), vec![part("a", "1"), part("a", "2")]);
        assert_eq!(twice.err(), Some(NameError::Twice("a".to_owned())));
    }
}
