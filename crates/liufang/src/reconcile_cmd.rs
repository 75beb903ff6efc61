//! `liufang reconcile`: the three-way 对账 of HB-3.8 over a database, place by place.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use lf_center::reconcile::{Books, Period, Reconciliation, place_of};
use lf_ports::{AuditStore, Clock as _, MemoRow, MemoTopic, ReimStore, Said};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day};

use crate::beside::with_store;
use crate::cli::{ExplainArgs, ReconcileArgs, ReconcileCommand};
use crate::edge::SystemClock;
use crate::memos;
use crate::scans::{for_each_reim, for_each_rx, for_each_setl};

/// `liufang reconcile …`: whether no difference is open.
pub async fn run(args: &ReconcileArgs) -> anyhow::Result<bool> {
    match &args.command {
        Some(ReconcileCommand::Close(explain)) => say(explain, Said::Explained).await,
        Some(ReconcileCommand::Reopen(explain)) => say(explain, Said::Reopened).await,
        None => compare(args).await,
    }
}

async fn compare(args: &ReconcileArgs) -> anyhow::Result<bool> {
    let (from, to) = args.from.zip(args.to).context("--from and --to are wanted")?;
    let Some(period) = Period::new(from, to) else { bail!("--to lies before --from") };
    let mut books = Books::new(period, SystemClock.now());
    let explained = with_store(&args.beside, async |store| {
        fill(store.as_ref(), &mut books).await?;
        explained(store.as_ref()).await
    });
    let explained = explained.await?;
    let mut found = books.closed().context("the sums of the period are beyond their range")?;
    found.close(&explained);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    Ok(found.open() == 0 && found.left_off == 0)
}

/// Writes down that a difference is explained, or open again.
async fn say(args: &ExplainArgs, said: Said) -> anyhow::Result<bool> {
    let pool = place_of(&args.key).with_context(|| format!("{} is no key of a difference", args.key))?;
    with_store(&args.beside, async |store| say_in(store.as_ref(), pool, args, said).await).await.map(|()| true)
}

async fn say_in(store: &dyn Engine, pool: Admdvs, args: &ExplainArgs, said: Said) -> anyhow::Result<()> {
    let memos = memos::of_key(store, pool, MemoTopic::Difference, &args.key).await?;
    let seen = memos.last();
    let closed = seen.is_some_and(|row| row.memo.said == Said::Explained);
    if said == Said::Explained && !stands(store, pool, &args.key).await? {
        bail!("there is no difference {}", args.key);
    }
    if closed == (said == Said::Explained) {
        bail!("{} is {} already", args.key, if closed { "closed" } else { "open" });
    }
    memos::write(store, pool, &args.key, (said, &args.why, &args.by), seen).await?;
    println!("{} is {}", args.key, if closed { "open again" } else { "closed" });
    Ok(())
}

/// Whether there is such a difference in any period. What does not stand is not closed before it comes up.
async fn stands(store: &dyn Engine, pool: Admdvs, key: &str) -> anyhow::Result<bool> {
    let always = Period::new(Day::FIRST, Day::LAST.plus(-1)).context("all days")?;
    let mut books = Books::new(always, SystemClock.now());
    read(store, pool, &mut books).await?;
    let found = books.closed().context("the sums are beyond their range")?;
    Ok(found.differences.iter().any(|difference| difference.key == key))
}

/// Why differences are closed, of all places.
async fn explained(store: &dyn Engine) -> anyhow::Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for pool in store.pools().await? {
        let memos = memos::newest(store, pool, MemoTopic::Difference).await?;
        let explained = memos.into_values().filter(|row| row.memo.said == Said::Explained);
        all.extend(
            explained
                .map(|MemoRow { key, memo, .. }| (key, format!("{}；{} {}", memo.rea, memo.opter_name, memo.opt_time))),
        );
    }
    Ok(all)
}

async fn fill<S: AuditStore + ReimStore + ?Sized>(store: &S, books: &mut Books) -> anyhow::Result<()> {
    for pool in store.pools().await? {
        read(store, pool, books).await?;
    }
    Ok(())
}

/// Everything of a place: a settlement of the period may belong to an older prescription, a reversal to an older settlement.
async fn read<S: AuditStore + ReimStore + ?Sized>(store: &S, pool: Admdvs, books: &mut Books) -> anyhow::Result<()> {
    for_each_rx(store, pool, |rx| books.take_rx(rx)).await?;
    for_each_setl(store, pool, |setl, _| books.take_setl(setl)).await?;
    for_each_reim(store, pool, None, |row| books.take_reim(&row)).await?;
    Ok(())
}

fn print(found: &Reconciliation) {
    println!(
        "institution   issued revoked expired  used  sold  self-paid  settled  reversed     医疗费总额     基金支付"
    );
    for (code, sums) in &found.institutions {
        println!(
            "{code:<13} {:>6} {:>7} {:>7} {:>5} {:>5} {:>10} {:>8} {:>9} {:>14} {:>12}",
            sums.issued,
            sums.revoked,
            sums.expired,
            sums.used,
            sums.sold,
            sums.self_paid,
            sums.settled.cnt,
            sums.reversed,
            sums.settled.medfee_sumamt,
            sums.settled.fund_pay_sumamt
        );
    }
    let claims = &found.reimbursed;
    if claims.cnt > 0 {
        println!(
            "零星报销（付给参保人）：{}笔，医疗费{}元，基金{}元",
            claims.cnt, claims.medfee_sumamt, claims.fund_pay_sumamt
        );
    }
    for difference in &found.differences {
        let closed = difference.closed.as_ref().map(|why| format!("（已说明：{why}）")).unwrap_or_default();
        println!("{}\t{}{closed}", difference.key, difference.what);
    }
    let closed = found.differences.len() - found.open();
    println!("{} differences open, {closed} closed", found.open());
    if found.left_off > 0 {
        println!("{} more were left off", found.left_off);
    }
}
