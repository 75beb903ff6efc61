//! Money computed anew: every settlement that stands is quoted by the benefit schemes of both folders, a person's purchases in
//! the order of their time, each folder with accumulators of its own from the first purchase of the year on.
//!
//! What a settlement was computed from stands with it (lines, payment standards, balance of the account); persons count as they
//! are now, filings as of the day. Reversed settlements and their reversals are left out, and so is what was paid on a claim (零星报销). Invariant:
//! a settlement that one of the folders cannot quote is counted apart; the quotes of the first folder are compared with what was
//! paid, which tells how far the replay can be trusted.

mod bills;
mod desk;
mod named;
mod packed;
mod words;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lf_law::Law;
use lf_ports::{Clock as _, Setl};
use lf_store::Engine;
use lf_vocab::Admdvs;
use tokio::task::JoinSet;

use super::READERS;
use super::places::Places;
use super::tally::Requoted;
use crate::edge::SystemClock;
use bills::{BYTES_MAX, Bills, Share};
use desk::Desk;
pub use named::Named;

/// Settlements of a page.
const PAGE: usize = 500;

/// Quotes every settlement that stands by both folders.
pub async fn requote(store: &Arc<dyn Engine>, laws: &[Arc<Law>; 2], named: Named) -> anyhow::Result<Requoted> {
    requote_within(store, laws, named, BYTES_MAX).await
}

/// The same, with as many passes over the store as the limit of memory needs.
async fn requote_within(
    store: &Arc<dyn Engine>,
    laws: &[Arc<Law>; 2],
    mut named: Named,
    bytes_max: usize,
) -> anyhow::Result<Requoted> {
    named.sort();
    let named = Arc::new(named);
    let asked = SystemClock.now();
    let (mut told, mut left) = (Requoted::default(), vec![Share::default()]);
    while let Some(share) = left.pop() {
        let (bills, others) = scan(store, Bills::new(share, bytes_max)).await?.sorted();
        left.extend(others);
        let bills = Arc::new(bills);
        let mut desks = JoinSet::new();
        for part in bills.parts(READERS) {
            let desk = Desk::new(laws, named.clone(), store, Places::new(store, laws, asked));
            desks.spawn(desk.quote_all(bills.clone(), part));
        }
        while let Some(quoted) = desks.join_next().await {
            told.add(quoted??);
        }
    }
    Ok(told)
}

async fn scan(store: &Arc<dyn Engine>, bills: Bills) -> anyhow::Result<Bills> {
    let pages = Pages { store: store.clone(), pools: store.pools().await?.into(), after: None };
    let (pages, bills) = (Arc::new(tokio::sync::Mutex::new(pages)), Arc::new(Mutex::new(bills)));
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let (pages, bills) = (pages.clone(), bills.clone());
        readers.spawn(async move {
            loop {
                // The lock is given back before the page is read.
                let next = pages.lock().await.next().await?;
                let Some(page) = next else { return anyhow::Ok(()) };
                let standing = page.read().await?;
                let mut bills = bills.lock().unwrap_or_else(PoisonError::into_inner);
                standing.iter().for_each(|setl| bills.add(setl));
            }
        });
    }
    while let Some(read) = readers.join_next().await {
        read??;
    }
    let bills = Arc::into_inner(bills).ok_or_else(|| anyhow::anyhow!("a reader is left"))?;
    Ok(bills.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// What is left to read, handed out a page at a time.
struct Pages {
    store: Arc<dyn Engine>,
    pools: VecDeque<Admdvs>,
    after: Option<String>,
}

struct Page {
    store: Arc<dyn Engine>,
    pool: Admdvs,
    after: Option<String>,
    until: String,
}

impl Pages {
    async fn next(&mut self) -> anyhow::Result<Option<Page>> {
        while let Some(pool) = self.pools.front().copied() {
            if let Some(until) = self.store.setl_page_end(pool, self.after.as_deref(), PAGE).await? {
                let after = self.after.replace(until.clone());
                return Ok(Some(Page { store: self.store.clone(), pool, after, until }));
            }
            self.pools.pop_front();
            self.after = None;
        }
        Ok(None)
    }
}

impl Page {
    /// Its settlements that stand. Others may have been written since the page was named.
    async fn read(mut self) -> anyhow::Result<Vec<Setl>> {
        let mut standing = Vec::new();
        loop {
            let page = self.store.scan_setl(self.pool, self.after.as_deref(), PAGE).await?;
            self.after = page.last().map(|(last, _)| last.setl_id.clone());
            let ended = self.after.as_ref().is_none_or(|last| *last >= self.until);
            let stands = |(setl, reversed_by): &(Setl, Option<String>)| {
                setl.setl_id <= self.until && reversed_by.is_none() && setl.refd_setl_id.is_none()
            };
            standing.extend(page.into_iter().filter(stands).map(|(setl, _)| setl));
            if ended {
                return Ok(standing);
            }
        }
    }
}

#[cfg(test)]
mod tests;
