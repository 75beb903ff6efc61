//! What the hospital is told of its prescription (7108, 7109), added to the commit of the event.
//!
//! Serves 7206, 7207, 7208, 2102, 2103. Invariants: a notice says what 7106 or 7107 would answer after the commit;
//! a hospital that gave no address gets no letter; to tell is never a reason to refuse.

use lf_ports::{ChangeSet, Letter, Notice, StoreError, TakenDrug};
use lf_rx::event::Sold;
use lf_rx::{Prescription, RxContent, State};
use lf_vocab::Moment;

use crate::Center;
use crate::failure::Failure;

/// A sale that was paid, and when.
pub(crate) struct Paid<'s> {
    /// The sale.
    pub(crate) sold: &'s Sold,
    /// When it was settled; for a self-paid sale when it left the shelf.
    pub(crate) setl_time: Moment,
}

impl<'s> Paid<'s> {
    /// Of a prescription that is or was paid; a sale that waits for its settlement is not.
    pub(crate) fn of(rx: &'s Prescription) -> Option<Self> {
        match &rx.state {
            State::Settled { sold, settled, .. } | State::Refunded { sold, settled, .. } => {
                Some(Self { sold, setl_time: settled.setl_time })
            }
            State::SelfPaid { sold, .. } => {
                let left = sold.lines.iter().map(|line| line.stoout_time).max();
                Some(Self { sold, setl_time: left.unwrap_or(rx.opened.prsc_time) })
            }
            _ => None,
        }
    }
}

impl Center {
    /// 7108 of the review that `changes` makes.
    pub(crate) async fn tell_review(&self, changes: &mut ChangeSet, now: Moment) -> Result<(), Failure> {
        let Some(rx) = changes.rx.last().map(|change| change.rx.clone()) else { return Ok(()) };
        if let Some(notice) = Notice::review(&rx, now)
            && self.wants_letters(&rx).await?
        {
            changes.outbox.push(letter(rx, notice, now));
        }
        Ok(())
    }

    /// 7109 of a payment that `changes` makes or takes back.
    pub(crate) async fn tell_settlement(
        &self,
        changes: &mut ChangeSet,
        paid: Option<Paid<'_>>,
        content: Option<&RxContent>,
        now: Moment,
    ) -> Result<(), Failure> {
        let (Some(paid), Some(change)) = (paid, changes.rx.last()) else { return Ok(()) };
        if self.wants_letters(&change.rx).await? {
            tell_paid(changes, &paid, content, now)?;
        }
        Ok(())
    }

    /// Whether the hospital of a prescription gave an address.
    pub(crate) async fn wants_letters(&self, rx: &Prescription) -> Result<bool, StoreError> {
        let hospital = self.store.fixmedins(&rx.opened.fixmedins_code).await?;
        Ok(hospital.is_some_and(|hospital| hospital.callback.is_some()))
    }
}

/// Adds 7109 of the prescription as it is after the commit.
pub(crate) fn tell_paid(
    changes: &mut ChangeSet,
    paid: &Paid<'_>,
    content: Option<&RxContent>,
    now: Moment,
) -> Result<(), Failure> {
    let Some(rx) = changes.rx.last().map(|change| change.rx.clone()) else { return Ok(()) };
    let missing = || Failure::Broken(format!("prescription {} has no content", rx.hi_rxno));
    let taken = TakenDrug::of(&paid.sold.lines, content.ok_or_else(missing)?);
    let notice = Notice::settlement(&rx, paid.setl_time, taken, now);
    changes.outbox.push(letter(rx, notice, now));
    Ok(())
}

fn letter(rx: Prescription, notice: Notice, now: Moment) -> Letter {
    let fixmedins_code = rx.opened.fixmedins_code;
    Letter { hi_rxno: rx.hi_rxno, seq: rx.seq, fixmedins_code, written: now, notice }
}
