//! `Outbox` on every engine: claims by compare-and-set on a queue's turn, so that of two processes one sends.
//!
//! Serves the delivery of 7108 and 7109 and `liufang outbox`. Invariants: a claim is durable before its letter is
//! answered; a change whose turn has passed writes nothing and says so.

use async_trait::async_trait;
use futures_util::future::join_all;
use lf_ports::outbox::After;
use lf_ports::{Claimed, CommitError, DroppedRow, Next, Outbox, OutboxRow, StoreError};
use lf_vocab::{FixmedinsCode, HiRxno, Moment};

use crate::driver::{Driver, Ports, page};
use crate::plan::{self, Step, rx_params};
use crate::row::outbox as row;
use crate::sealer::Sealer;
use crate::sql;
use crate::value::{Cells, Value};

/// What repetitions of these transactions are counted under.
const NAME: &str = "outbox";

#[async_trait]
impl<D: Driver> Outbox for Ports<D> {
    async fn claim_due(&self, now: Moment, until: Moment, most: usize) -> Result<Vec<Claimed>, StoreError> {
        let due = self.many(sql::OUTBOX_DUE, [now.into(), page(most)], row::due).await?;
        // Together, so that an engine that writes in groups writes them in one.
        let claims = join_all(due.into_iter().map(|due| self.claim_one(due, until))).await;
        claims.into_iter().filter_map(Result::transpose).collect()
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let read = |sealer: &Sealer, found| Cells::new(sealer, "outbox_queue", 0, found).opt_int("due_us");
        Ok(self.one(sql::OUTBOX_NEXT_DUE, [], read).await?.flatten().map(Moment::from_micros))
    }

    async fn delivered(&self, claimed: &Claimed, now: Moment) -> Result<bool, StoreError> {
        self.in_turn(plan::delivered(claimed, now)?).await
    }

    async fn failed(&self, claimed: &Claimed, next: Next, why: &str) -> Result<bool, StoreError> {
        self.in_turn(plan::failed(&claimed.letter.hi_rxno, claimed.turn, next, why)).await
    }

    async fn rest(&self, fixmedins_code: &FixmedinsCode, until: Moment) -> Result<(), StoreError> {
        self.in_turn(plan::rest(fixmedins_code, until)).await.map(drop)
    }

    async fn written(&self) {
        self.letters.notified().await;
    }

    async fn outbox_page(
        &self,
        dead: bool,
        fixmedins_code: Option<&FixmedinsCode>,
        after: After<'_>,
        most: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let (last_code, last_no) = after.map_or(("", ""), |(code, hi_rxno)| (code.as_str(), hi_rxno.as_str()));
        let last_pool = after.map_or(String::new(), |(_, hi_rxno)| hi_rxno.poolarea_no().to_string());
        let mut params: Vec<Value> = vec![dead.into()];
        let text = match fixmedins_code {
            None => {
                params.push(last_code.into());
                sql::OUTBOX_PAGE
            }
            Some(code) => {
                params.push(code.as_str().into());
                sql::OUTBOX_PAGE_OF
            }
        };
        params.extend([last_pool.as_str().into(), last_no.into(), page(most)]);
        self.many(text, params, row::queue).await
    }

    async fn outbox_of(&self, hi_rxno: &HiRxno) -> Result<Option<OutboxRow>, StoreError> {
        self.one(sql::OUTBOX_OF, rx_params(hi_rxno), row::queue).await
    }

    async fn resend(&self, hi_rxno: &HiRxno, now: Moment) -> Result<bool, StoreError> {
        self.in_turn(plan::resend(hi_rxno, now)).await
    }

    async fn drop_letter(&self, row: &OutboxRow, reason: &str, now: Moment) -> Result<bool, StoreError> {
        self.in_turn(plan::drop_letter(row, reason, now)?).await
    }

    async fn dropped_of(&self, hi_rxno: &HiRxno) -> Result<Vec<DroppedRow>, StoreError> {
        self.many(sql::OUTBOX_DROPPED, rx_params(hi_rxno), row::dropped).await
    }
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    /// `None`: another one was first.
    async fn claim_one(&self, due: row::Due, until: Moment) -> Result<Option<Claimed>, StoreError> {
        let row::Due { hi_rxno, turn, since, tried } = due;
        if !self.in_turn(plan::claim(&hi_rxno, turn, until)).await? {
            return Ok(None);
        }
        let turn = turn.saturating_add(1);
        match self.one(sql::OUTBOX_FIRST, rx_params(&hi_rxno), row::letter).await {
            Ok(Some(letter)) => Ok(Some(Claimed { letter, turn, tried, since })),
            Ok(None) => self.unreadable(&hi_rxno, turn, "there is no letter").await,
            Err(StoreError::Inconsistent(row)) => self.unreadable(&hi_rxno, turn, &row.to_string()).await,
            Err(error) => Err(error),
        }
    }

    /// One row that somebody changed must not keep the others from being sent: it is shown as dead.
    async fn unreadable(&self, hi_rxno: &HiRxno, turn: i64, why: &str) -> Result<Option<Claimed>, StoreError> {
        tracing::error!(%hi_rxno, why, "a letter cannot be read");
        self.in_turn(plan::failed(hi_rxno, turn, Next::Dead, "the stored letter cannot be read")).await?;
        Ok(None)
    }

    /// Whether the steps met the queue as they must.
    async fn in_turn(&self, steps: Vec<Step>) -> Result<bool, StoreError> {
        match self.driver.apply(NAME, steps).await {
            Ok(()) => Ok(true),
            Err(CommitError::Stale(_)) => Ok(false),
            Err(CommitError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::Broken(other.to_string())),
        }
    }
}
