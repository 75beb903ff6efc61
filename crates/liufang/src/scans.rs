//! Everything that a place has of prescriptions, settlements or claims with papers, or a pharmacy of settlements, page by page, for commands
//! that add up over all of it.
//!
//! Invariant: nothing is changed, and what was visited is not kept.

use lf_ports::{AuditStore, ReimRow, ReimStore, Setl, Store, StoreError};
use lf_rx::Prescription;
use lf_settle::reim::ReimStas;
use lf_vocab::{Admdvs, Day, FixmedinsCode};

/// Rows read at once.
const PAGE: usize = 1_000;
/// How many settlements can have the same id but for its last digit, which is hexadecimal.
const SIBLINGS: usize = 16;

/// Every prescription of a place, in the order of their numbers.
pub async fn for_each_rx<S: AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    mut each: impl FnMut(&Prescription),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = store.scan_rx(pool, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.hi_rxno.clone());
        page.iter().for_each(&mut each);
    }
}

/// Every settlement of a place, in the order of their ids, with the one that reversed it.
pub async fn for_each_setl<S: AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    mut each: impl FnMut(Setl, Option<String>),
) -> Result<(), StoreError> {
    let mut after: Option<String> = None;
    loop {
        let page = store.scan_setl(pool, after.as_deref(), PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(last.setl_id.clone());
        page.into_iter().for_each(|(setl, reversed_by)| each(setl, reversed_by));
    }
}

/// A settlement by its id alone, which begins with the pharmacy's 统筹区.
pub async fn setl_of_id<S: AuditStore + ?Sized>(store: &S, setl_id: &str) -> Result<Option<Setl>, StoreError> {
    let Some(pool) = setl_id.get(..6).and_then(|pool| pool.parse().ok()) else { return Ok(None) };
    let before = setl_id.get(..setl_id.len() - 1);
    let page = store.scan_setl(pool, before, SIBLINGS).await?;
    Ok(page.into_iter().map(|(setl, _)| setl).find(|setl| setl.setl_id == setl_id))
}

/// Every settlement and reversal of a pharmacy from a day on and before another, in the order of their time.
pub async fn for_each_setl_of<S: Store + ?Sized, E: From<StoreError>>(
    store: &S,
    code: &FixmedinsCode,
    (from, until): (Day, Day),
    mut each: impl AsyncFnMut(Setl) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = (from.start(), String::new());
    loop {
        let page = store.setls_of(code, (after.0, &after.1), until.start(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.setl_time, last.setl_id.clone());
        for setl in page {
            each(setl).await?;
        }
    }
}

/// Every claim with papers of a place that pays, of all states or of one, in the order of their numbers.
pub async fn for_each_reim<S: ReimStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    stas: Option<ReimStas>,
    mut each: impl FnMut(ReimRow),
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = store.reims(pool, stas, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.reim_no);
        page.into_iter().for_each(&mut each);
    }
}
