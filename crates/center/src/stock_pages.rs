//! Everything of a kind that stands of goods, read page by page or wave by wave: lots of an institution, moves of a lot, rows that
//! were taken in a time, institutions that keep goods, leads and cases of a 统筹区, drugs of the catalogue.
//!
//! Serves the reports, the public tables and `liufang stock`. Invariants: nothing is changed; what is visited one by one is not
//! kept; others work between two pages.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use lf_ports::store::DrugQuery;
use lf_ports::{
    Drug, LeadKey, LotsOf, MovesOf, StockLead, StockLot, StockMove, StockStore, Store, StoreError, SupplyCase,
};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment};

/// Rows asked of the store at once.
pub(crate) const PAGE: usize = 1_000;
/// Institutions looked up at once.
pub(crate) const WAVE: usize = 64;

/// Lets others work between two pages, and a limit of time be noticed: reads of an embedded database are made in the caller's task.
pub(crate) async fn pause() {
    tokio::task::yield_now().await;
}

/// What is read of each, in their order; [`WAVE`] of them are asked together.
pub(crate) async fn in_waves<'t, T, R, F>(of: &'t [T], each: impl Fn(&'t T) -> F) -> Result<Vec<R>, StoreError>
where
    F: Future<Output = Result<R, StoreError>>,
{
    let mut found = Vec::with_capacity(of.len());
    for wave in of.chunks(WAVE) {
        found.extend(try_join_all(wave.iter().map(&each)).await?);
        pause().await;
    }
    Ok(found)
}

/// Every lot of an institution.
///
/// # Errors
/// The store's.
pub async fn for_each_lot(
    store: &dyn Store,
    code: &FixmedinsCode,
    mut each: impl AsyncFnMut(StockLot) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = store.stock_lots_after(code, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.fixmedins_bchno);
        for lot in page {
            each(lot).await?;
        }
        pause().await;
    }
}

/// Every lot of an institution that is of these goods.
///
/// # Errors
/// The store's.
pub async fn for_each_lot_of(
    store: &dyn Store,
    code: &FixmedinsCode,
    of: &LotsOf,
    mut each: impl AsyncFnMut(StockLot) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = store.stock_lots_of(code, of, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.fixmedins_bchno);
        for lot in page {
            each(lot).await?;
        }
        pause().await;
    }
}

/// Every move of a lot, in their order.
///
/// # Errors
/// The store's.
pub async fn for_each_move(
    store: &dyn Store,
    lot: &StockLot,
    mut each: impl FnMut(&StockMove),
) -> Result<(), StoreError> {
    let (of, mut seq) = (MovesOf::Lot(lot.fixmedins_bchno.clone()), 0);
    loop {
        let page = store.stock_moves(&lot.fixmedins_code, &of, (&lot.fixmedins_bchno, seq), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        seq = last.seq;
        page.iter().for_each(&mut each);
        pause().await;
    }
}

/// Every row of an institution that the center took from a moment on and before another, in that order.
///
/// # Errors
/// The store's.
pub async fn for_each_taken(
    store: &dyn Store,
    code: &FixmedinsCode,
    (from, until): (Moment, Moment),
    mut each: impl FnMut(&StockMove),
) -> Result<(), StoreError> {
    // The store answers what came after a moment: one second earlier, and what lies before the first is passed over.
    let mut after = (from.plus_seconds(-1), String::new(), 0);
    loop {
        let page = store.stock_moves_taken(code, (after.0, &after.1, after.2), until, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.taken, last.fixmedins_bchno.clone(), last.seq);
        page.iter().filter(|moved| moved.taken >= from).for_each(&mut each);
        pause().await;
    }
}

/// Institutions that keep goods here.
///
/// # Errors
/// The store's.
pub async fn holders(store: &dyn Store) -> Result<Vec<FixmedinsCode>, StoreError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    while let Some(code) = store.stock_holder_after(&after).await? {
        after = code.to_string();
        found.push(code);
        pause().await;
    }
    Ok(found)
}

/// Leads of a 统筹区, in their order.
///
/// # Errors
/// The store's.
pub async fn leads(store: &dyn StockStore, pool: Admdvs) -> Result<Vec<StockLead>, StoreError> {
    let mut found: Vec<StockLead> = Vec::new();
    loop {
        let after = found.last().map_or(LeadKey::FIRST, StockLead::key);
        let page = store.stock_leads(pool, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
        pause().await;
    }
}

/// Cases of a 统筹区 of drugs that were shown and not supplied, in their order.
///
/// # Errors
/// The store's.
pub async fn cases(store: &dyn StockStore, pool: Admdvs) -> Result<Vec<SupplyCase>, StoreError> {
    let mut found: Vec<SupplyCase> = Vec::new();
    loop {
        let after = found.last().map_or(("", ""), |case| (case.fixmedins_code.as_str(), case.case_no.as_str()));
        let page = store.supply_cases(pool, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
        pause().await;
    }
}

/// Drugs of the catalogue of a day that are wanted.
///
/// # Errors
/// The store's.
pub async fn drugs(
    store: &dyn Store,
    on: Day,
    wanted: impl Fn(&Drug) -> bool,
) -> Result<BTreeMap<MedListCodg, Drug>, StoreError> {
    let (mut found, mut query) = (BTreeMap::new(), DrugQuery { limit: PAGE as u64, ..DrugQuery::on(on) });
    loop {
        let (_, page) = store.drug_page(&query).await?;
        query.offset += page.len() as u64;
        let full = page.len() == PAGE;
        found.extend(page.into_iter().filter(|drug| wanted(drug)).map(|drug| (drug.med_list_codg.clone(), drug)));
        if !full {
            return Ok(found);
        }
        pause().await;
    }
}
