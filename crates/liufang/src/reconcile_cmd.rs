//! `liufang reconcile`: the three-way 对账 of HB-3.8 over a database, place by place.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_center::reconcile::{Books, Period, Reconciliation};
use lf_ports::{AuditStore, Clock as _};
use lf_vocab::Admdvs;

use crate::cli::ReconcileArgs;
use crate::edge::SystemClock;
use crate::serve::open_beside;

/// Rows read at once.
const PAGE: usize = 1_000;

/// `liufang reconcile …`: whether no difference is open.
pub async fn run(args: &ReconcileArgs) -> anyhow::Result<bool> {
    let Some(period) = Period::new(args.from, args.to) else { bail!("--to lies before --from") };
    let explained = args.closed.as_deref().map(explained).transpose()?.unwrap_or_default();
    let store = open_beside(&args.database, args.store_key.as_deref()).await?;
    let mut books = Books::new(period, SystemClock.now());
    let filled = fill(store.as_ref(), &mut books).await;
    store.close().await;
    filled?;
    let mut found = books.closed().context("the sums of the period are beyond their range")?;
    let unused = found.close(&explained);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    for key in &unused {
        eprintln!("liufang: {key} explains no difference");
    }
    Ok(found.open() == 0 && found.left_off == 0)
}

async fn fill<S: AuditStore + ?Sized>(store: &S, books: &mut Books) -> anyhow::Result<()> {
    for pool in store.pools().await? {
        read(store, pool, books).await?;
    }
    Ok(())
}

/// Everything of a place: a settlement of the period may belong to an older prescription, a reversal to an older settlement.
async fn read<S: AuditStore + ?Sized>(store: &S, pool: Admdvs, books: &mut Books) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.scan_rx(pool, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.hi_rxno.clone());
        page.iter().for_each(|rx| books.take_rx(rx));
    }
    let mut after: Option<String> = None;
    loop {
        let page = store.scan_setl(pool, after.as_deref(), PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.setl_id.clone());
        page.into_iter().for_each(|(setl, _)| books.take_setl(setl));
    }
    Ok(())
}

fn explained(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut all = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match line.split_once('\t').map(|(key, why)| (key.trim(), why.trim())) {
            Some((key, why)) if !key.is_empty() && !why.is_empty() => all.insert(key.to_owned(), why.to_owned()),
            _ => bail!("{} line {}: expected a key, TAB, and why", file.display(), at + 1),
        };
    }
    Ok(all)
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
