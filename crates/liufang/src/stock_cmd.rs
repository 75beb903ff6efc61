//! `liufang stock`: what stands in the shelves of institutions, for the bureau: who has a drug (JX-4.5.1), 票账货 of each lot (JX-1.5a),
//! codes that were sold twice, and the share of 谈判 drugs stocked (GX-1.2.4).
//!
//! Works on the database, beside a running center, and changes nothing. Invariant: no name of a person is printed.

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_center::gate::spoken_by;
use lf_center::grants::of_place;
use lf_law::{Facts, Field, LawValue};
use lf_ports::store::DrugQuery;
use lf_ports::{Clock as _, LeadKey, MovesOf, StockLead, StockLot};
use lf_stock::{offered, share_of_nego};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Ratio};
use serde_json::{Value, json};

use crate::cli::{StockCmdArgs, StockCommand, StockDatabase};
use crate::edge::SystemClock;
use crate::law_files;
use crate::serve::open_beside;

/// Rows asked of the database at once.
const PAGE: usize = 1_000;

/// `liufang stock …`
pub async fn run(args: &StockCmdArgs) -> anyhow::Result<bool> {
    let (StockCommand::Offers { place, .. }
    | StockCommand::Lots { place, .. }
    | StockCommand::Leads { place, .. }
    | StockCommand::Nego { place, .. }) = &args.command;
    let store = open_beside(&place.database, place.store_key.as_deref()).await?;
    let today = SystemClock.now().day();
    let found = match &args.command {
        StockCommand::Offers { pool, drug, on, .. } => offers(store.as_ref(), *pool, drug, on.unwrap_or(today)).await,
        StockCommand::Lots { institution, .. } => lots(store.as_ref(), institution).await,
        StockCommand::Leads { pool, .. } => leads(store.as_ref(), *pool).await,
        StockCommand::Nego { institution, on, .. } => nego(store.as_ref(), institution, on.unwrap_or(today)).await,
    };
    store.close().await;
    let (rows, good) = found?;
    show(place, &rows)?;
    Ok(good)
}

fn show(place: &StockDatabase, rows: &[Value]) -> anyhow::Result<()> {
    if place.json {
        println!("{}", serde_json::to_string_pretty(rows)?);
        return Ok(());
    }
    if rows.is_empty() {
        println!("none");
    }
    for row in rows {
        let fields = row.as_object().into_iter().flatten();
        let told: Vec<_> = fields.map(|(name, value)| format!("{name} {}", text(value))).collect();
        println!("{}", told.join("  "));
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// By institution, whole packs that may be sold.
async fn offers(store: &dyn Engine, pool: Admdvs, drug: &MedListCodg, on: Day) -> anyhow::Result<(Vec<Value>, bool)> {
    let mut found = BTreeMap::<FixmedinsCode, Vec<StockLot>>::new();
    let (mut institution, mut lot) = (String::new(), String::new());
    loop {
        let page = store.stock_offers(pool, drug, (&institution, &lot), PAGE).await?;
        let Some(last) = page.last() else { break };
        (institution, lot) = (last.fixmedins_code.to_string(), last.fixmedins_bchno.clone());
        for row in page {
            found.entry(row.fixmedins_code.clone()).or_default().push(row);
        }
    }
    let mut rows = Vec::new();
    for (code, lots) in found {
        for one in offered(lots.iter().map(|row| &row.lot), on) {
            let name = store.fixmedins(&code).await?.map(|found| found.fixmedins_name);
            rows.push(json!({ "fixmedins_code": code, "fixmedins_name": name, "packs": one.packs }));
        }
    }
    let any = !rows.is_empty();
    Ok((rows, any))
}

/// Every lot with its three numbers.
async fn lots(store: &dyn Engine, institution: &FixmedinsCode) -> anyhow::Result<(Vec<Value>, bool)> {
    let (mut rows, mut after, mut agree) = (Vec::new(), String::new(), true);
    loop {
        let page = store.stock_lots_after(institution, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.fixmedins_bchno);
        for row in &page {
            let found = row.lot.consistency(tickets(store, row).await?);
            agree &= found.agrees();
            rows.push(json!({
                "fixmedins_bchno": row.fixmedins_bchno,
                "med_list_codg": row.lot.goods.med_list_codg,
                "expy_end": row.lot.goods.expy_end.to_string(),
                "tickets": found.tickets,
                "book": found.book,
                "goods": found.goods,
                "difference": found.difference(),
                "agrees": found.agrees(),
            }));
        }
    }
    Ok((rows, agree))
}

/// What the vouchers of a lot leave, one by one.
async fn tickets(store: &dyn Engine, lot: &StockLot) -> anyhow::Result<i64> {
    let of = MovesOf::Lot(lot.fixmedins_bchno.clone());
    let (mut sum, mut seq) = (0, 0);
    loop {
        let page = store.stock_moves(&lot.fixmedins_code, &of, (&lot.fixmedins_bchno, seq), PAGE).await?;
        let Some(last) = page.last() else { return Ok(sum) };
        seq = last.seq;
        sum += page.iter().map(|moved| moved.units).sum::<i64>();
    }
}

async fn leads(store: &dyn Engine, pool: Admdvs) -> anyhow::Result<(Vec<Value>, bool)> {
    let (mut rows, mut last): (_, Option<StockLead>) = (Vec::new(), None);
    loop {
        let page = store.stock_leads(pool, last.as_ref().map_or(LeadKey::FIRST, StockLead::key), PAGE).await?;
        if page.is_empty() {
            break;
        }
        rows.extend(page.iter().map(|lead| {
            json!({
                "raised": lead.raised.to_string(),
                "drug_trac_codg": lead.drug_trac_codg,
                "fixmedins_code": lead.fixmedins_code,
                "fixmedins_bchno": lead.fixmedins_bchno,
                "holder": lead.holder,
            })
        }));
        last = page.into_iter().next_back();
    }
    let none = rows.is_empty();
    Ok((rows, none))
}

async fn nego(store: &dyn Engine, institution: &FixmedinsCode, on: Day) -> anyhow::Result<(Vec<Value>, bool)> {
    let own = store.fixmedins(institution).await?.with_context(|| format!("no institution {institution}"))?;
    let mut catalogue = Vec::new();
    let mut query = DrugQuery { limit: PAGE as u64, ..DrugQuery::on(on) };
    loop {
        let (_, page) = store.drug_page(&query).await?;
        query.offset += page.len() as u64;
        let full = page.len() == PAGE;
        catalogue.extend(page.into_iter().filter(|drug| drug.hi_nego));
        if !full {
            break;
        }
    }
    let by_code: BTreeMap<_, _> = catalogue.iter().map(|drug| (&drug.med_list_codg, drug.genname.as_str())).collect();
    let (mut stocked, mut after) = (Vec::new(), String::new());
    loop {
        let page = store.stock_lots_after(institution, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.fixmedins_bchno);
        let offered = offered(page.iter().map(|row| &row.lot), on);
        stocked.extend(offered.iter().filter_map(|one| by_code.get(&one.med_list_codg).copied()));
    }
    let share = share_of_nego(by_code.values().copied(), stocked);
    let least = least_share(store, own.poolarea_no, on).await?;
    let reached = least.is_none_or(|least| share.reaches(least));
    let row = json!({
        "fixmedins_code": institution,
        "stocked": share.stocked,
        "total": share.total,
        "least": least.map(|least| least.to_string()),
        "reached": reached,
    });
    Ok((vec![row], reached))
}

/// What the law of a place asks of those that serve 双通道, or a grant lowered it to; `None` where it asks nothing.
async fn least_share(store: &dyn Engine, place: Admdvs, on: Day) -> anyhow::Result<Option<Ratio>> {
    let law = law_files::load(None)?;
    let grants = of_place(store, &law, place).await?;
    let mut asked = Facts::new();
    asked.set(Field::AppyTime, on).set(Field::AppyType, "双通道");
    match spoken_by(law.view_of(&place, &asked, &grants).get("admit.nego_share"))?.map(|found| found.value) {
        Some(LawValue::Ratio(least)) => Ok(Some(least)),
        Some(_) => anyhow::bail!("admit.nego_share: another quantity"),
        None => Ok(None),
    }
}
