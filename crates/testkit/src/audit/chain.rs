//! The links of a history, written out a second time: the definition of `lf_rx::history` is a byte layout, and
//! an auditor that called the same function would agree with whatever it did.
//!
//! Layout, integers big-endian: previous hash 32 · `hi_rxno` 30 · seq 8 · microseconds 8 · length 8 · body.

use lf_gm::Sm3;
use lf_ports::StoredEvent;
use lf_rx::Prescription;

use super::report::{Kind, Report};

/// That the stored events are numbered without a gap, chained, and end at the prescription's head.
pub(super) fn check(rx: &Prescription, events: &[StoredEvent], report: &mut Report) {
    let place = rx.hi_rxno.as_str();
    let mut previous = [0u8; 32];
    for (event, expected) in events.iter().zip(1u64..) {
        report.events += 1;
        report.unless(event.seq == expected, Kind::Seq, place, || format!("第{expected}条事件的序号是{}", event.seq));
        let computed = link(&previous, place, event.seq, event.at.micros(), &event.body);
        report.unless(computed == *event.hash.bytes(), Kind::Chain, place, || {
            format!("第{expected}条事件的哈希与重新计算的不同")
        });
        // From what is stored, so that one change is one difference.
        previous = *event.hash.bytes();
    }
    let count = events.len() as u64;
    report.unless(count == rx.seq, Kind::Seq, place, || format!("应有{}条事件，实有{count}条", rx.seq));
    report
        .unless(previous == *rx.head.bytes(), Kind::Head, place, || "最后一条事件的哈希不是处方记录的链头".to_owned());
}

fn link(previous: &[u8; 32], hi_rxno: &str, seq: u64, micros: i64, body: &[u8]) -> [u8; 32] {
    let mut sm3 = Sm3::new();
    sm3.update(previous);
    sm3.update(hi_rxno.as_bytes());
    sm3.update(&seq.to_be_bytes());
    sm3.update(&micros.to_be_bytes());
    sm3.update(&(body.len() as u64).to_be_bytes());
    sm3.update(body);
    sm3.finish()
}
