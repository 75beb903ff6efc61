//! The SM3 chain of a prescription's history.
//!
//! Byte encoding of a link, all integers big-endian: previous hash (32 bytes, zeros before the first) ·
//! `hi_rxno` (30 bytes) · seq (8) · moment in microseconds (8) · length of the body (8) · body. The hash of
//! that is the link's. Nobody can change, drop or reorder an event without every later hash changing.

use std::fmt;

use lf_vocab::{HiRxno, Moment};

/// The hash that an event leaves behind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// Before the first event.
    pub const GENESIS: Self = Self([0; 32]);

    /// From stored bytes; `None` unless there are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash after one more event. `seq` counts from 1; `body` is the stored text of the event.
pub fn link(previous: ChainHash, hi_rxno: &HiRxno, seq: u64, at: Moment, body: &[u8]) -> ChainHash {
    let mut bytes = Vec::with_capacity(32 + 30 + 24 + body.len());
    bytes.extend_from_slice(&previous.0);
    bytes.extend_from_slice(hi_rxno.as_str().as_bytes());
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&at.micros().to_be_bytes());
    bytes.extend_from_slice(&(body.len() as u64).to_be_bytes());
    bytes.extend_from_slice(body);
    ChainHash(lf_gm::sm3(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_link_counts() {
        let number = |serial| HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap();
        let at = Moment::from_micros(1);
        let base = link(ChainHash::GENESIS, &number(1), 1, at, b"a");
        let others = [
            link(base, &number(1), 1, at, b"a"),
            link(ChainHash::GENESIS, &number(2), 1, at, b"a"),
            link(ChainHash::GENESIS, &number(1), 2, at, b"a"),
            link(ChainHash::GENESIS, &number(1), 1, Moment::from_micros(2), b"a"),
            link(ChainHash::GENESIS, &number(1), 1, at, b"b"),
        ];
        assert!(others.iter().all(|other| *other != base));
    }
}
