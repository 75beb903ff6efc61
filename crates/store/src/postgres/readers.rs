//! The shared connections that read: the questions of one task go to one of them, one behind the other.
//!
//! Serves every finder. Invariants: when the connection stands and the statement is prepared, a question is sent as
//! soon as its future is polled; what was asked on a connection that proved lost is asked once more on a new one.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use lf_ports::StoreError;

use super::error::{away, late, lost, store_error};
use super::pool_error;

/// The connections, made when first asked.
pub(super) struct Readers {
    pool: Pool,
    slots: Vec<Slot>,
    next: AtomicU64,
    patience: Duration,
}

#[derive(Default)]
struct Slot {
    link: Mutex<Option<Arc<Object>>>,
    connecting: tokio::sync::Mutex<()>,
}

impl Readers {
    pub(super) fn new(pool: Pool, count: usize, patience: Duration) -> Self {
        let slots = (0..count).map(|_| Slot::default()).collect();
        Self { pool, slots, next: AtomicU64::new(0), patience }
    }

    /// Asks on the connection of this task. A question changes nothing, so it may be asked again where the server went
    /// away while nobody looked: after a restart the first to ask does not pay for it.
    pub(super) async fn ask<T, F>(&self, ask: impl Fn(Arc<Object>) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, tokio_postgres::Error>>,
    {
        let slot = self.slot();
        // Every connection of the pool may have been lost at once; a new one is not made while the server is away.
        for _ in 0..self.pool.status().max_size {
            let link = slot.connect(&self.pool).await?;
            match tokio::time::timeout(self.patience, ask(Arc::clone(&link))).await {
                Ok(Err(error)) if lost(&error) => slot.forget(&link),
                Ok(answer) => return answer.map_err(|error| store_error(&error)),
                Err(_) => {
                    slot.forget(&link);
                    return Err(late());
                }
            }
        }
        Err(away())
    }

    /// Equal for all questions of a task, so that those polled together share a round trip.
    fn slot(&self) -> &Slot {
        let turn = match tokio::task::try_id() {
            Some(id) => BuildHasherDefault::<DefaultHasher>::default().hash_one(id),
            None => self.next.fetch_add(1, Ordering::Relaxed),
        };
        let at = usize::try_from(turn % self.slots.len() as u64).unwrap_or(0);
        &self.slots[at]
    }
}

impl Slot {
    fn standing(&self) -> Option<Arc<Object>> {
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        link.as_ref().filter(|link| !link.is_closed()).cloned()
    }

    async fn connect(&self, pool: &Pool) -> Result<Arc<Object>, StoreError> {
        if let Some(link) = self.standing() {
            return Ok(link);
        }
        let _one_at_a_time = self.connecting.lock().await;
        if let Some(link) = self.standing() {
            return Ok(link);
        }
        // A lost one goes back first, so that the pool has room.
        self.link.lock().unwrap_or_else(PoisonError::into_inner).take();
        let link = Arc::new(pool.get().await.map_err(pool_error)?);
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&link));
        Ok(link)
    }

    /// A connection that does not answer is not asked again.
    fn forget(&self, link: &Arc<Object>) {
        let mut standing = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        if standing.as_ref().is_some_and(|standing| Arc::ptr_eq(standing, link)) {
            standing.take();
        }
    }
}
