//! From decided events to the change that commits them: the chain, the new state, the expected version.

use lf_ports::{RxChange, RxFile, StoredEvent, codec};
use lf_rx::{ChainHash, Event, Inconsistent, Prescription, RxContent, link};
use lf_vocab::{HiRxno, Moment};

use lf_rx::event::Opened;
use lf_rx::state::State;

/// A new prescription with its first event.
pub fn open(hi_rxno: HiRxno, opened: Opened, content: RxContent, now: Moment) -> RxChange {
    let event = Event::Opened(Box::new(opened.clone()));
    let stored = store(ChainHash::GENESIS, &hi_rxno, 1, &event, now);
    let head = stored.hash;
    let rx = Prescription { hi_rxno, opened, state: State::PreChecked, seq: 1, head };
    RxChange { rx, expect_seq: 0, events: vec![stored], content: Some(content), file: None }
}

/// A prescription moved on by one event.
pub fn advance(rx: &Prescription, event: &Event, now: Moment) -> Result<RxChange, Inconsistent> {
    let state = rx.next(event)?;
    let seq = rx.seq + 1;
    let stored = store(rx.head, &rx.hi_rxno, seq, event, now);
    let moved = Prescription { hi_rxno: rx.hi_rxno.clone(), opened: rx.opened.clone(), state, seq, head: stored.hash };
    Ok(RxChange { rx: moved, expect_seq: rx.seq, events: vec![stored], content: None, file: None })
}

/// The same with a file to keep.
pub fn advance_with_file(
    rx: &Prescription,
    event: &Event,
    file: RxFile,
    now: Moment,
) -> Result<RxChange, Inconsistent> {
    Ok(RxChange { file: Some(file), ..advance(rx, event, now)? })
}

fn store(previous: ChainHash, hi_rxno: &HiRxno, seq: u64, event: &Event, at: Moment) -> StoredEvent {
    // Nothing happens to a prescription without a link of its history: where each box came from can be followed back to the doctor.
    lf_vocab::covers!("DG-4.1a");
    let body = codec::encode(event);
    let hash = link(previous, hi_rxno, seq, at, &body);
    StoredEvent { seq, at, body, hash }
}
