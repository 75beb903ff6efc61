//! `liufang outbox`: what hospitals have not been told yet (7108, 7109): list, send again, give up.
//!
//! Works on the database, beside a running center. Invariants: nothing of a notice's content is printed; only dead letters
//! are touched, so that no running delivery is disturbed; what is given up leaves a reason behind.

use anyhow::{Context as _, bail};
use lf_ports::{Clock as _, OutboxRow};
use lf_store::Engine;
use lf_vocab::{FixmedinsCode, HiRxno};
use serde_json::{Value, json};

use crate::beside::with_store;
use crate::cli::{DeadArgs, OutboxArgs, OutboxCommand, OutboxListArgs};
use crate::edge::SystemClock;

/// Rows asked of the database at once.
const PAGE: usize = 500;

/// `liufang outbox …`. Whether there was nothing dead to be listed, or something to be done.
pub async fn run(args: &OutboxArgs) -> anyhow::Result<bool> {
    match &args.command {
        OutboxCommand::List(list_args) => {
            with_store(&list_args.beside, async |store| list(store.as_ref(), list_args).await).await
        }
        OutboxCommand::Resend { dead, all: _ } => {
            let done = with_store(&dead.beside, async |store| each_dead(store.as_ref(), dead, None).await);
            told(dead, done.await?, "sent again soon")
        }
        OutboxCommand::Drop { dead, reason } => {
            let done = with_store(&dead.beside, async |store| each_dead(store.as_ref(), dead, Some(reason)).await);
            told(dead, done.await?, "given up")
        }
    }
}

fn told(dead: &DeadArgs, done: u64, what: &str) -> anyhow::Result<bool> {
    match (&dead.hi_rxno, done) {
        (Some(hi_rxno), 0) => {
            println!("{hi_rxno}: nothing dead");
            Ok(false)
        }
        (_, 1) => {
            println!("1 notice {what}");
            Ok(true)
        }
        _ => {
            println!("{done} notices {what}");
            Ok(true)
        }
    }
}

/// Revives the dead queues that are meant, or gives up the oldest letter of each; answers how many.
async fn each_dead(store: &dyn Engine, dead: &DeadArgs, reason: Option<&str>) -> anyhow::Result<u64> {
    let mut done = 0;
    if let Some(hi_rxno) = &dead.hi_rxno {
        if let Some(row) = store.outbox_of(hi_rxno).await? {
            done += u64::from(one(store, &row, reason).await?);
        }
        return Ok(done);
    }
    let mut last: Option<OutboxRow> = None;
    loop {
        let after = last.as_ref().map(|row| (&row.fixmedins_code, &row.hi_rxno));
        let page = store.outbox_page(true, dead.fixmedins.as_ref(), after, PAGE).await?;
        for row in &page {
            done += u64::from(one(store, row, reason).await?);
        }
        match page.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => return Ok(done),
        }
    }
}

async fn one(store: &dyn Engine, row: &OutboxRow, reason: Option<&str>) -> anyhow::Result<bool> {
    let now = SystemClock.now();
    let done = match reason {
        None => store.resend(&row.hi_rxno, now).await,
        Some(reason) => store.drop_letter(row, reason, now).await,
    };
    done.with_context(|| row.hi_rxno.to_string())
}

async fn list(store: &dyn Engine, args: &OutboxListArgs) -> anyhow::Result<bool> {
    if args.limit == 0 {
        bail!("--limit: must be at least 1");
    }
    if let Some(hi_rxno) = &args.hi_rxno {
        return history(store, hi_rxno, args.json).await;
    }
    let mut rows = page(store, true, args.fixmedins.as_ref(), args.limit).await?;
    let none_dead = rows.is_empty();
    if !args.dead {
        let room = args.limit.saturating_sub(rows.len());
        rows.extend(page(store, false, args.fixmedins.as_ref(), room).await?);
    }
    if args.json {
        let rows: Vec<Value> = rows.iter().map(shown).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(none_dead);
    }
    if rows.is_empty() {
        println!("{}", if args.dead { "nothing is dead" } else { "nothing waits" });
    }
    for row in &rows {
        print(row);
    }
    if rows.len() == args.limit {
        println!("… --limit {} reached; there may be more", args.limit);
    }
    Ok(none_dead)
}

/// Up to `limit` rows, a page at a time.
async fn page(
    store: &dyn Engine,
    dead: bool,
    code: Option<&FixmedinsCode>,
    limit: usize,
) -> anyhow::Result<Vec<OutboxRow>> {
    let mut rows: Vec<OutboxRow> = Vec::new();
    while rows.len() < limit {
        let after = rows.last().map(|row| (&row.fixmedins_code, &row.hi_rxno));
        let next = store.outbox_page(dead, code, after, PAGE.min(limit - rows.len())).await?;
        if next.is_empty() {
            break;
        }
        rows.extend(next);
    }
    Ok(rows)
}

/// One prescription: what waits and what was given up.
async fn history(store: &dyn Engine, hi_rxno: &HiRxno, json: bool) -> anyhow::Result<bool> {
    let (row, dropped) = (store.outbox_of(hi_rxno).await?, store.dropped_of(hi_rxno).await?);
    let alive = row.as_ref().is_none_or(|row| row.due.is_some());
    if json {
        let dropped: Vec<Value> = dropped
            .iter()
            .map(|one| {
                json!({
                    "fixmedins_code": one.fixmedins_code.as_str(), "seq": one.seq,
                    "dropped": one.dropped.to_string(), "reason": one.reason,
                })
            })
            .collect();
        let both = json!({ "waiting": row.as_ref().map(shown), "dropped": dropped });
        println!("{}", serde_json::to_string_pretty(&both)?);
        return Ok(alive);
    }
    match &row {
        Some(row) => print(row),
        None => println!("{hi_rxno}: nothing waits"),
    }
    for one in dropped {
        println!("{} {} event {} given up {}: {}", one.fixmedins_code, hi_rxno, one.seq, one.dropped, one.reason);
    }
    Ok(alive)
}

fn print(row: &OutboxRow) {
    let OutboxRow { fixmedins_code, hi_rxno, letters, kind, written, tried, due, why, .. } = row;
    let due = due.map_or("dead".to_owned(), |due| format!("due {due}"));
    let behind = letters.saturating_sub(1);
    let behind = if behind == 0 { String::new() } else { format!(", {behind} behind it") };
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    println!("{fixmedins_code} {hi_rxno} {kind} of {written}{behind}, tried {tried} times, {due}{why}");
}

fn shown(row: &OutboxRow) -> Value {
    json!({
        "fixmedins_code": row.fixmedins_code.as_str(),
        "hi_rxno": row.hi_rxno.as_str(),
        "letters": row.letters,
        "seq": row.seq,
        "kind": row.kind,
        "written": row.written.to_string(),
        "tried": row.tried,
        "dead": row.due.is_none(),
        "due": row.due.map(|due| due.to_string()),
        "why": row.why,
    })
}
