//! What a pre-check of an earlier moment saw of other prescriptions, by their own histories.
//!
//! Serves `liufang law diff` with what JX-2.4c, HB-5.2c and the length of courses ask of other prescriptions. Invariant: what came
//! later than the moment counts for nothing.

use lf_ports::{Store, StoreError, codec};
use lf_rx::{ChainHash, Event, Prescription, State};
use lf_vocab::{HiRxno, Moment};

/// Its first event's time; nothing of a number that was never given out.
///
/// # Errors
/// Those of the store, and a history that contradicts itself.
pub async fn checked_at<S: Store + ?Sized>(store: &S, hi_rxno: &HiRxno) -> Result<Option<Moment>, StoreError> {
    Ok(store.rx_events(hi_rxno).await?.first().map(|event| event.at))
}

/// The prescription as its events up to a moment left it; nothing where it was not yet pre-checked then. Of two that were
/// pre-checked at the same moment the one with the lower number came first.
///
/// # Errors
/// Those of the store, and a history that contradicts itself.
pub async fn stood<S: Store + ?Sized>(
    store: &S,
    hi_rxno: &HiRxno,
    at: (Moment, &HiRxno),
) -> Result<Option<Prescription>, StoreError> {
    let mut stood: Option<Prescription> = None;
    for stored in store.rx_events(hi_rxno).await? {
        if (stored.at, hi_rxno) >= at {
            break;
        }
        let event: Event = codec::decode(&stored.body, "rx_event", "body", hi_rxno.as_str())?;
        stood = Some(match (stood, event) {
            (None, Event::Opened(opened)) => Prescription {
                hi_rxno: hi_rxno.clone(),
                opened: *opened,
                state: State::PreChecked,
                seq: stored.seq,
                head: ChainHash::GENESIS,
            },
            (Some(before), event) => {
                let state = before.next(&event).map_err(|error| StoreError::Broken(error.to_string()))?;
                Prescription { state, seq: stored.seq, ..before }
            }
            (None, event) => {
                return Err(StoreError::Broken(format!("{hi_rxno}: a history begins with {}", event.name())));
            }
        });
    }
    Ok(stood)
}

/// Whether its drugs are taken, or may be fetched still.
pub fn taken(rx: &Prescription, at: Moment) -> bool {
    rx.state.dispensed() || (rx.state.carriable() && at < rx.opened.vali_end_time)
}
