//! `liufang stock`: what stands in the shelves of institutions, for the bureau: who has a drug, and where it was shown and not
//! supplied (JX-4.5.1), 票账货 of each lot (JX-1.5a), codes that were sold twice, and the share of 谈判 drugs stocked (GX-1.2.4).
//!
//! Works on the database, beside a running center; only `complain` changes anything. Invariant: no name of a patient is printed.

use anyhow::Context as _;
use lf_center::offers::{Ask, Offer, Wanted};
use lf_center::stock_pages;
use lf_law::Law;
use lf_ports::{Clock as _, Fixmedins, StockLead};
use lf_store::Engine;
use lf_vocab::{Admdvs, FixmedinsCode, Moment};
use serde_json::{Value, json};

use crate::beside::with_law;
use crate::cli::{ComplainCommand, StockCmdArgs, StockCommand, StockDatabase};
use crate::edge::SystemClock;
use crate::words::in_words;

mod complain;
pub mod nego;
mod report;

/// `liufang stock …`
pub async fn run(args: &StockCmdArgs) -> anyhow::Result<bool> {
    let place = place_of(&args.command);
    match with_law(&place.lawful, async |store, law| found(store.as_ref(), law, &args.command).await).await? {
        Found::Rows(rows, good) => show(place, &rows).map(|()| good),
        Found::Told(told) => told.show(place.json),
    }
}

/// What a command found.
enum Found {
    /// Rows, and whether all is well.
    Rows(Vec<Value>, bool),
    /// A report.
    Told(report::Told),
}

fn place_of(command: &StockCommand) -> &StockDatabase {
    match command {
        StockCommand::Offers { place, .. }
        | StockCommand::Lots { place, .. }
        | StockCommand::OutList { place, .. }
        | StockCommand::Leads { place, .. }
        | StockCommand::Report { place, .. }
        | StockCommand::Balance { place, .. }
        | StockCommand::Nego { place, .. } => place,
        StockCommand::Complain { command } => match command {
            ComplainCommand::Add { step, .. }
            | ComplainCommand::Confirm { step }
            | ComplainCommand::Dismiss { step } => &step.place,
            ComplainCommand::List { place, .. } => place,
        },
    }
}

/// Rows, and whether all is well.
type Answer = anyhow::Result<(Vec<Value>, bool)>;

async fn found(store: &dyn Engine, law: &Law, command: &StockCommand) -> anyhow::Result<Found> {
    let now = SystemClock.now();
    let answer = match command {
        StockCommand::Report { report, area, period, .. } => {
            return report::report(store, law, *report, *area, (period, now.day())).await.map(Found::Told);
        }
        StockCommand::Balance { institution, period, .. } => {
            return report::balanced(store, institution, (period, now.day())).await.map(Found::Told);
        }
        StockCommand::OutList { institution, on, age_days, out, .. } => {
            let on = on.unwrap_or(now.day());
            return report::outlisted(store, institution, (on, *age_days), out.clone()).await.map(Found::Told);
        }
        StockCommand::Offers { pool, drug, name, near, at, most, .. } => {
            let what = match drug {
                Some(code) => Wanted::Code(code.clone()),
                None => Wanted::Name(name.clone().unwrap_or_default()),
            };
            let ask = Ask { place: *pool, what, from: *near, most: *most };
            offers(store, law, &ask, at.unwrap_or(now)).await
        }
        StockCommand::Lots { institution, .. } => lots(store, institution).await,
        StockCommand::Leads { pool, .. } => leads(store, *pool).await,
        StockCommand::Nego { institution: Some(institution), on, .. } => {
            nego::of_one(store, law, institution, on.unwrap_or(now.day())).await
        }
        StockCommand::Nego { pool, on, .. } => {
            let pool = pool.context("name an institution or a 统筹区")?;
            nego::of_pool(store, law, pool, on.unwrap_or(now.day())).await
        }
        StockCommand::Complain { command } => complain::run(store, law, command, now).await,
    };
    answer.map(|(rows, good)| Found::Rows(rows, good))
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

async fn offers(store: &dyn Engine, law: &Law, ask: &Ask, at: Moment) -> Answer {
    let found = lf_center::offers::offers(store, law, ask, at).await.map_err(in_words)?;
    let rows: Vec<_> = found.offers.iter().map(offer).collect();
    if found.stale_cnt > 0 {
        eprintln!("{} left out: no upload within {} hours ({})", found.stale_cnt, found.age_hours, found.by);
    }
    if found.more_cnt > 0 {
        eprintln!("{} more", found.more_cnt);
    }
    let any = !rows.is_empty();
    Ok((rows, any))
}

/// Of an institution that is not there all would be well.
async fn registered(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<Fixmedins> {
    store.fixmedins(code).await?.with_context(|| format!("no institution {code}"))
}

/// Price, day and moment as they are written, not as they are kept.
fn offer(offer: &Offer) -> Value {
    json!({
        "fixmedins_code": offer.fixmedins_code,
        "fixmedins_name": offer.fixmedins_name,
        "addr": offer.addr,
        "tel": offer.tel,
        "distance_m": offer.distance_m,
        "med_list_codg": offer.med_list_codg,
        "genname": offer.genname,
        "spec_name": offer.spec_name,
        "prdr_name": offer.prdr_name,
        "packs": offer.packs,
        "pric": offer.pric.map(|pric| pric.to_string()),
        "pric_date": offer.pric_date.map(|day| day.to_string()),
        "told": offer.told.to_string(),
    })
}

/// Every lot with its three numbers.
async fn lots(store: &dyn Engine, institution: &FixmedinsCode) -> Answer {
    registered(store, institution).await?;
    let (mut rows, mut agree) = (Vec::new(), true);
    stock_pages::for_each_lot(store, institution, async |row| {
        // What the vouchers of the lot leave, one by one.
        let mut tickets = 0;
        stock_pages::for_each_move(store, &row, |moved| tickets += moved.units).await?;
        let found = row.lot.consistency(tickets);
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
        Ok(())
    })
    .await?;
    Ok((rows, agree))
}

async fn leads(store: &dyn Engine, pool: Admdvs) -> Answer {
    let rows: Vec<_> = stock_pages::leads(store, pool).await?.iter().map(lead).collect();
    let none = rows.is_empty();
    Ok((rows, none))
}

fn lead(lead: &StockLead) -> Value {
    json!({
        "raised": lead.raised.to_string(),
        "drug_trac_codg": lead.drug_trac_codg,
        "fixmedins_code": lead.fixmedins_code,
        "fixmedins_bchno": lead.fixmedins_bchno,
        "holder": lead.holder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_told_as_people_write_it() {
        let at: Moment = "2026-11-21 09:30:00".parse().unwrap();
        let sold = Offer {
            fixmedins_code: "P36090200106".parse().unwrap(),
            fixmedins_name: "某药店".to_owned(),
            addr: None,
            tel: None,
            distance_m: Some(120),
            med_list_codg: "XC08CAA901A001010199901".parse().unwrap(),
            genname: "某药".to_owned(),
            spec_name: "1mg".to_owned(),
            prdr_name: "某厂".to_owned(),
            packs: 3,
            pric: Some("18.5".parse().unwrap()),
            pric_date: Some(at.day()),
            told: at,
        };
        let row = offer(&sold);
        assert_eq!((&row["pric"], &row["pric_date"]), (&"18.5".into(), &"2026-11-21".into()));
        assert_eq!((&row["told"], &row["packs"]), (&"2026-11-21 09:30:00".into(), &3.into()));
        let kept = serde_json::to_value(&sold).unwrap();
        let fields = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&row), fields(&kept), "no field is left out");
        assert_eq!(offer(&Offer { pric: None, pric_date: None, ..sold })["pric"], Value::Null);
    }
}
