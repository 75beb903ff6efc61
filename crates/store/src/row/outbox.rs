//! Rows of the outbox: what is due, a letter, a queue as an operator sees it, a letter that was given up.

use lf_ports::{DroppedRow, Letter, Notice, OutboxRow};
use lf_vocab::{HiRxno, Moment};

use super::{Read, rx_key};
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

/// A queue that is due.
pub(crate) struct Due {
    pub(crate) hi_rxno: HiRxno,
    pub(crate) turn: i64,
    pub(crate) since: Moment,
    pub(crate) tried: u32,
}

pub(crate) fn due(sealer: &Sealer, row: Row) -> Read<Due> {
    let mut cells = Cells::new(sealer, "outbox_queue", 2, row);
    let hi_rxno = rx_key(&mut cells)?;
    let (turn, since) = (cells.int("turn")?, cells.moment("since_us")?);
    Ok(Due { hi_rxno, turn, since, tried: tried(&mut cells)? })
}

pub(crate) fn letter(sealer: &Sealer, row: Row) -> Read<Letter> {
    let mut cells = Cells::new(sealer, "outbox", 3, row);
    let hi_rxno = rx_key(&mut cells)?;
    let seq = cells.count("seq")?.unsigned_abs();
    let fixmedins_code = cells.parsed("fixmedins_code")?;
    let kind = cells.text("kind")?;
    let written = cells.moment("written_us")?;
    let notice: Notice = cells.sealed_json(&sealed::OUTBOX)?;
    cells.agree("kind", notice.word() == kind)?;
    Ok(Letter { hi_rxno, seq, fixmedins_code, written, notice })
}

pub(crate) fn queue(sealer: &Sealer, row: Row) -> Read<OutboxRow> {
    let mut cells = Cells::new(sealer, "outbox_queue", 2, row);
    let hi_rxno = rx_key(&mut cells)?;
    let fixmedins_code = cells.parsed("fixmedins_code")?;
    let letters = cells.count("letters")?.unsigned_abs();
    let dead = cells.flag("dead")?;
    let due = cells.moment("due_us")?;
    let tried = tried(&mut cells)?;
    let why = cells.text("why")?;
    // The oldest letter, joined; a queue without one is a contradiction.
    let seq = cells.count("seq")?.unsigned_abs();
    let kind = cells.text("kind")?;
    let written = cells.moment("written_us")?;
    let due = (!dead).then_some(due);
    Ok(OutboxRow { fixmedins_code, hi_rxno, letters, seq, kind, written, tried, due, why })
}

pub(crate) fn dropped(sealer: &Sealer, row: Row) -> Read<DroppedRow> {
    let mut cells = Cells::new(sealer, "outbox_dropped", 3, row);
    let hi_rxno = rx_key(&mut cells)?;
    let seq = cells.count("seq")?.unsigned_abs();
    let fixmedins_code = cells.parsed("fixmedins_code")?;
    let dropped = cells.moment("dropped_us")?;
    Ok(DroppedRow { fixmedins_code, hi_rxno, seq, dropped, reason: cells.text("reason")? })
}

fn tried(cells: &mut Cells<'_>) -> Read<u32> {
    let tried = cells.int("tried")?;
    u32::try_from(tried).map_err(|_| cells.wrong("tried", "not a number of tries"))
}
