//! The port of the outbox: letters leave it in the order of their prescription, at least once.
//!
//! Letters come in with the commit of their event ([`crate::ChangeSet::outbox`]). Each prescription has a queue, and
//! a queue is claimed by one sender at a time, for a while. Invariants: nobody sees another letter of a prescription
//! than its oldest; a letter is gone only when its claimant says that it arrived, or when an operator drops it with a
//! reason, which is kept; a claim that lapsed can change nothing any more.

use async_trait::async_trait;
use lf_vocab::{FixmedinsCode, HiRxno, Moment};

use crate::notice::Letter;
use crate::store::StoreError;

/// A letter in somebody's hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The letter.
    pub letter: Letter,
    /// Which claim of its queue this is; a later one makes it void.
    pub turn: i64,
    /// How often it was tried in vain.
    pub tried: u32,
    /// Since when it is the one to be sent.
    pub since: Moment,
}

/// What becomes of a letter that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Tried again then.
    Due(Moment),
    /// Not tried again until an operator says so; those behind it wait.
    Dead,
}

/// A queue as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// To whom.
    pub fixmedins_code: FixmedinsCode,
    /// Of which prescription.
    pub hi_rxno: HiRxno,
    /// How many letters, the oldest included.
    pub letters: u64,
    /// The oldest: its event.
    pub seq: u64,
    /// The oldest: what kind, [`crate::Notice::word`].
    pub kind: String,
    /// The oldest: when it was written.
    pub written: Moment,
    /// How often the oldest was tried in vain.
    pub tried: u32,
    /// When it is tried again; `None`: dead.
    pub due: Option<Moment>,
    /// Why the last try failed; no personal data.
    pub why: String,
}

/// A letter that an operator gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedRow {
    /// To whom it would have gone.
    pub fixmedins_code: FixmedinsCode,
    /// Of which prescription.
    pub hi_rxno: HiRxno,
    /// Its event.
    pub seq: u64,
    /// When it was given up.
    pub dropped: Moment,
    /// The operator's words.
    pub reason: String,
}

/// After which row a page begins: institution and prescription.
pub type After<'k> = Option<(&'k FixmedinsCode, &'k HiRxno)>;

/// The outbox.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims up to `most` queues that are due, for this claimant alone until `until`, and answers the oldest letter of each.
    async fn claim_due(&self, now: Moment, until: Moment, most: usize) -> Result<Vec<Claimed>, StoreError>;
    /// When the next queue is due, claimed or not.
    async fn next_due(&self) -> Result<Option<Moment>, StoreError>;
    /// The letter arrived: it is deleted and the next one of its prescription is due. `false`: the claim had lapsed.
    async fn delivered(&self, claimed: &Claimed, now: Moment) -> Result<bool, StoreError>;
    /// It did not arrive. `false`: the claim had lapsed.
    async fn failed(&self, claimed: &Claimed, next: Next, why: &str) -> Result<bool, StoreError>;
    /// Lets an institution rest: no queue of it is due before `until`.
    async fn rest(&self, fixmedins_code: &FixmedinsCode, until: Moment) -> Result<(), StoreError>;
    /// Resolves when this process has written letters since it last did.
    async fn written(&self);

    /// A page of the dead queues, or of those alive, ordered by institution and prescription.
    async fn outbox_page(
        &self,
        dead: bool,
        fixmedins_code: Option<&FixmedinsCode>,
        after: After<'_>,
        most: usize,
    ) -> Result<Vec<OutboxRow>, StoreError>;
    /// A prescription's queue.
    async fn outbox_of(&self, hi_rxno: &HiRxno) -> Result<Option<OutboxRow>, StoreError>;
    /// Revives a dead queue, due now. `false`: it is not dead (any more).
    async fn resend(&self, hi_rxno: &HiRxno, now: Moment) -> Result<bool, StoreError>;
    /// Gives up the oldest letter of a dead queue and keeps the reason; the next one is due now. `false`: it is
    /// not dead, or its oldest letter is another one.
    async fn drop_letter(&self, row: &OutboxRow, reason: &str, now: Moment) -> Result<bool, StoreError>;
    /// What was given up of a prescription.
    async fn dropped_of(&self, hi_rxno: &HiRxno) -> Result<Vec<DroppedRow>, StoreError>;
}
