//! The steps of the outbox: letters written with their event, and what becomes of a queue afterwards.
//!
//! Serves 7206, 7207, 7208, 2102, 2103 and the delivery. Invariants: a letter is written only together with its event; whoever
//! changes a queue names the turn or the deadness that it saw, so that of two at most one does.

use lf_ports::{ChangeSet, Claimed, Letter, Next, OutboxRow, StoreError, codec};
use lf_vocab::{FixmedinsCode, HiRxno, Moment};

use super::{Must, Step, contradiction, counter, rx_params, step, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

const STALE: &str = "outbox_queue";

/// A letter of a change set.
pub(super) fn write(
    letter: &Letter,
    changes: &ChangeSet,
    sealer: &Sealer,
    steps: &mut Vec<Step>,
) -> Result<(), StoreError> {
    let of_its_event = |change: &lf_ports::RxChange| {
        change.rx.hi_rxno == letter.hi_rxno && change.events.iter().any(|event| event.seq == letter.seq)
    };
    if !changes.rx.iter().any(of_its_event) {
        return Err(contradiction("outbox: a letter without its event"));
    }
    let mut params = seq_params(&letter.hi_rxno, letter.seq)?;
    let body = sealer.cell(&sealed::OUTBOX, &params, &codec::encode(&letter.notice));
    params.extend([letter.fixmedins_code.as_str().into(), letter.notice.word().into(), letter.written.into(), body]);
    steps.push(write_or_stale(sql::OUTBOX_NEW, params, "outbox"));
    let mut params = rx_params(&letter.hi_rxno);
    params.extend([letter.fixmedins_code.as_str().into(), letter.written.into()]);
    steps.push(step(sql::OUTBOX_QUEUE_PUT, params, Must::Any));
    Ok(())
}

pub(crate) fn claim(hi_rxno: &HiRxno, turn: i64, until: Moment) -> Vec<Step> {
    let mut params = rx_params(hi_rxno);
    params.extend([turn.into(), until.into()]);
    vec![write_or_stale(sql::OUTBOX_CLAIM, params, STALE)]
}

pub(crate) fn delivered(claimed: &Claimed, now: Moment) -> Result<Vec<Step>, StoreError> {
    let Letter { hi_rxno, seq, .. } = &claimed.letter;
    let mut params = rx_params(hi_rxno);
    params.extend([claimed.turn.into(), now.into()]);
    let mut steps = vec![write_or_stale(sql::OUTBOX_DONE, params, STALE)];
    away(hi_rxno, *seq, &mut steps)?;
    Ok(steps)
}

pub(crate) fn failed(hi_rxno: &HiRxno, turn: i64, next: Next, why: &str) -> Vec<Step> {
    let (dead, due) = match next {
        // Nobody reads when a dead one is due.
        Next::Dead => (true, Moment::from_micros(0)),
        Next::Due(due) => (false, due),
    };
    let mut params = rx_params(hi_rxno);
    params.extend([turn.into(), dead.into(), due.into(), why.into()]);
    vec![write_or_stale(sql::OUTBOX_FAILED, params, STALE)]
}

pub(crate) fn rest(fixmedins_code: &FixmedinsCode, until: Moment) -> Vec<Step> {
    vec![step(sql::OUTBOX_REST, vec![fixmedins_code.as_str().into(), until.into()], Must::Any)]
}

pub(crate) fn resend(hi_rxno: &HiRxno, now: Moment) -> Vec<Step> {
    let mut params = rx_params(hi_rxno);
    params.push(now.into());
    vec![write_or_stale(sql::OUTBOX_RESEND, params, STALE)]
}

pub(crate) fn drop_letter(row: &OutboxRow, reason: &str, now: Moment) -> Result<Vec<Step>, StoreError> {
    let mut params = rx_params(&row.hi_rxno);
    params.push(now.into());
    let mut steps = vec![write_or_stale(sql::OUTBOX_GIVE_UP, params, STALE)];
    away(&row.hi_rxno, row.seq, &mut steps)?;
    let mut params = seq_params(&row.hi_rxno, row.seq)?;
    params.extend([row.fixmedins_code.as_str().into(), now.into(), reason.into()]);
    steps.push(write_or_stale(sql::OUTBOX_DROPPED_NEW, params, "outbox_dropped"));
    Ok(steps)
}

/// The letter goes, and its queue with the last one.
fn away(hi_rxno: &HiRxno, seq: u64, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    steps.push(write_or_stale(sql::OUTBOX_DELETE, seq_params(hi_rxno, seq)?, "outbox"));
    steps.push(step(sql::OUTBOX_QUEUE_END, rx_params(hi_rxno), Must::Any));
    Ok(())
}

fn seq_params(hi_rxno: &HiRxno, seq: u64) -> Result<Vec<Value>, StoreError> {
    let mut params = rx_params(hi_rxno);
    params.push(counter(seq)?.into());
    Ok(params)
}
