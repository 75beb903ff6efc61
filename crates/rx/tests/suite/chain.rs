//! A history that was touched does not lead to the head any more.

use lf_rx::{ChainHash, link};
use lf_vocab::{HiRxno, Moment};
use proptest::prelude::*;

use crate::fixture::number;

type Stored = (u64, Moment, Vec<u8>, ChainHash);

fn history(hi_rxno: &HiRxno, bodies: &[Vec<u8>]) -> Vec<Stored> {
    let mut previous = ChainHash::GENESIS;
    let chained = bodies.iter().enumerate().map(|(at, body)| {
        let (seq, moment) = (at as u64 + 1, Moment::from_micros(1_000 + at as i64));
        previous = link(previous, hi_rxno, seq, moment, body);
        (seq, moment, body.clone(), previous)
    });
    chained.collect()
}

/// Whether the history leads from nothing to the head, event by event.
fn holds(hi_rxno: &HiRxno, history: &[Stored], head: ChainHash, seq: u64) -> bool {
    let mut previous = ChainHash::GENESIS;
    for (at, (seq, moment, body, hash)) in history.iter().enumerate() {
        let computed = link(previous, hi_rxno, *seq, *moment, body);
        if *seq != at as u64 + 1 || computed != *hash {
            return false;
        }
        previous = computed;
    }
    previous == head && history.len() as u64 == seq
}

fn bodies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..12)
}

proptest! {
    #[test]
    fn every_change_is_noticed(bodies in bodies(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let rx = number(1);
        let good = history(&rx, &bodies);
        let (head, seq) = (good.last().unwrap().3, good.len() as u64);
        prop_assert!(holds(&rx, &good, head, seq));
        prop_assert!(!holds(&number(2), &good, head, seq));
        let at = at.index(good.len());

        let mut changed = good.clone();
        changed[at].2.push(byte);
        prop_assert!(!holds(&rx, &changed, head, seq));

        let mut later = good.clone();
        later[at].1 = later[at].1.plus_seconds(1);
        prop_assert!(!holds(&rx, &later, head, seq));

        let mut dropped = good.clone();
        dropped.remove(at);
        prop_assert!(!holds(&rx, &dropped, head, seq));
        // Also when whoever dropped it numbers and chains the rest anew: the head betrays it.
        let rest: Vec<_> = dropped.iter().map(|(_, _, body, _)| body.clone()).collect();
        prop_assert!(!holds(&rx, &history(&rx, &rest), head, seq));

        let mut doubled = good.clone();
        doubled.insert(at, good[at].clone());
        prop_assert!(!holds(&rx, &doubled, head, seq));

        if good.len() > 1 {
            let other = (at + 1) % good.len();
            let mut swapped = good.clone();
            swapped.swap(at, other);
            prop_assert!(!holds(&rx, &swapped, head, seq));
        }
    }
}

#[test]
fn a_link_is_what_its_definition_says() {
    // The bytes of history.rs, written out once more by hand: previous · number · seq · moment · length · body.
    let rx = number(7);
    let mut bytes = vec![0u8; 32];
    bytes.extend_from_slice(rx.as_str().as_bytes());
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 2]);
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 3]);
    bytes.extend_from_slice(b"abc");
    assert_eq!(bytes.len(), 32 + 30 + 24 + 3);
    let hash = link(ChainHash::GENESIS, &rx, 1, Moment::from_micros(258), b"abc");
    assert_eq!(hash.bytes(), &lf_gm::sm3(&bytes));
    assert_eq!(ChainHash::from_slice(hash.bytes()), Some(hash));
    assert_eq!(ChainHash::from_slice(&[0; 31]), None);
}
