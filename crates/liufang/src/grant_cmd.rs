//! `liufang grant`: what an authority chose or allowed under a provision that leaves it to them, with who, when and on what paper.
//!
//! Serves HB-3.3, HB-3.5, HB-4.5, GX-2.1b and GX-3.8. Invariants: nothing is entered that the provision does not allow or that overlaps
//! another grant of the same days; a grant is never deleted. A running center hears of it within seconds.

use anyhow::{anyhow, bail};
use lf_center::grants::{GRANTS_FRESH_SECONDS, heard};
use lf_law::{Grant, Law};
use lf_ports::{ChangeSet, Clock as _, CommitError, GrantChange, GrantGiven, GrantRow};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day};

use crate::beside::with_law;
use crate::cli::{GrantAddArgs, GrantArgs, GrantCommand, GrantEndArgs};
use crate::edge::SystemClock;
use crate::ends;

/// `liufang grant …`
pub async fn run(args: &GrantArgs) -> anyhow::Result<bool> {
    let place = match &args.command {
        GrantCommand::Add(add) => &add.place,
        GrantCommand::List { place } => place,
        GrantCommand::End(end) => &end.place,
    };
    with_law(&place.lawful, async |store, law| match &args.command {
        GrantCommand::Add(add) => self::add(store.as_ref(), law, add).await,
        GrantCommand::List { place } => list(store.as_ref(), law, place.admdvs).await,
        GrantCommand::End(end) => self::end(store.as_ref(), end).await,
    })
    .await
}

async fn add(store: &dyn Engine, law: &Law, args: &GrantAddArgs) -> anyhow::Result<bool> {
    let admdvs = args.place.admdvs;
    let own = store.grants(&[admdvs]).await?;
    let last = own.iter().filter(|row| row.provision == args.provision).map(|row| row.grant_no).max().unwrap_or(0);
    let row = GrantRow {
        admdvs,
        provision: args.provision.clone(),
        grant_no: last + 1,
        from: args.from,
        until: args.last_day.map(|day| day.plus(1)),
        given: GrantGiven {
            value: args.value.clone(),
            filing_no: args.filing_no.clone(),
            consent: args.consent.clone(),
            paper: args.paper.clone(),
            opter_name: args.by.clone(),
            opt_time: SystemClock.now(),
            ended: None,
        },
    };
    let Some(grant) = heard(law, &row)? else { bail!("the last day lies before the first") };
    let near = store.grants(&admdvs.chain()).await?;
    let near: Vec<Grant> = near.iter().filter_map(|row| heard(law, row).ok().flatten()).collect();
    Law::overlapping(&grant, &near)?;
    let (number, span) = (row.grant_no, days(row.from, row.until));
    commit(store, GrantChange::Given(row)).await?;
    println!("granted {} no. {number} to {admdvs}, {span}", args.provision);
    println!("centers on this database hear of it within {GRANTS_FRESH_SECONDS} seconds");
    Ok(true)
}

async fn list(store: &dyn Engine, law: &Law, admdvs: Admdvs) -> anyhow::Result<bool> {
    let rows = store.grants(&admdvs.chain()).await?;
    if rows.is_empty() {
        println!("nothing was granted to {admdvs}");
    }
    let mut good = true;
    for row in rows {
        let given = &row.given;
        println!(
            "{} no. {} for {}: {} {}",
            row.provision,
            row.grant_no,
            row.admdvs,
            given.value,
            days(row.from, row.until)
        );
        println!(
            "    {}，{}，备案{}；{} {}",
            given.consent, given.paper, given.filing_no, given.opter_name, given.opt_time
        );
        ends::print(given.ended.as_ref());
        match heard(law, &row) {
            Ok(Some(_)) => {}
            Ok(None) => println!("    taken back before it began"),
            Err(why) => {
                good = false;
                println!("    has no effect: {why}");
            }
        }
    }
    Ok(good)
}

async fn end(store: &dyn Engine, args: &GrantEndArgs) -> anyhow::Result<bool> {
    let admdvs = args.place.admdvs;
    let rows = store.grants(&[admdvs]).await?;
    let found = rows.into_iter().find(|row| row.provision == args.provision && row.grant_no == args.grant_no);
    let Some(mut row) = found else { bail!("{admdvs} has no grant {} no. {}", args.provision, args.grant_no) };
    let expect_until = row.until;
    let (until, ended) = ends::end((row.from, row.until), args.last_day, (&args.rea, &args.by))?;
    row.until = Some(until);
    row.given.ended = Some(ended);
    commit(store, GrantChange::Ended { row, expect_until }).await?;
    println!("{} no. {} of {admdvs} ends with {}", args.provision, args.grant_no, until.plus(-1));
    Ok(true)
}

/// The days of a grant whose end is the first day no longer.
fn days(from: Day, until: Option<Day>) -> String {
    until.map_or_else(|| format!("from {from} on"), |until| format!("{from} to {}", until.plus(-1)))
}

async fn commit(store: &dyn Engine, change: GrantChange) -> anyhow::Result<()> {
    match store.commit(ChangeSet { grant: Some(change), ..ChangeSet::default() }).await {
        Err(CommitError::Stale(_)) => Err(anyhow!("somebody else changed this place's grants meanwhile; look again")),
        other => Ok(other?),
    }
}
