//! `liufang budget`: what the funds of the pools have paid in a year beside their budgets (JX-5.1).

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow, bail};
use lf_ports::{AuditStore, Clock as _};
use lf_settle::{BudgetUse, Stands, budget_use};
use lf_vocab::{Admdvs, Fen};

use crate::cli::BudgetArgs;
use crate::edge::SystemClock;
use crate::serve::open_beside;

/// Rows read at once.
const PAGE: usize = 1_000;

/// `liufang budget …`: whether no pool is over its budget.
pub async fn run(args: &BudgetArgs) -> anyhow::Result<bool> {
    let plan = std::fs::read_to_string(&args.plan).with_context(|| format!("cannot read {}", args.plan.display()))?;
    let store = open_beside(&args.database, args.store_key.as_deref()).await?;
    let on = args.on.unwrap_or_else(|| SystemClock.now().day());
    let paid = paid(store.as_ref(), args.year).await;
    store.close().await;
    let paid = paid?;
    let mut found: BTreeMap<String, BudgetUse> = BTreeMap::new();
    for (at, line) in plan.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = || anyhow!("{} line {}: expected 统筹区, TAB, yuan above 0", args.plan.display(), at + 1);
        let (pool, yuan) = line.split_once('\t').ok_or_else(wrong)?;
        let pool: Admdvs = pool.trim().parse().map_err(|_| wrong())?;
        let budget: Fen = yuan.trim().parse().map_err(|_| wrong())?;
        let used = paid.get(&pool).copied().unwrap_or(Fen::ZERO);
        let usage = budget_use(args.year, budget, used, on).ok_or_else(wrong)?;
        if found.insert(pool.to_string(), usage).is_some() {
            bail!("{} line {}: {pool} stands twice", args.plan.display(), at + 1);
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        for (pool, usage) in &found {
            let word = match usage.stands {
                Stands::Within => "within",
                Stands::Ahead => "ahead of the year",
                Stands::Over => "over",
            };
            let [used, year] = [usage.used_share, usage.year_share].map(|share| (share / 100, share % 100));
            println!(
                "{pool}  {} of {} yuan, {}.{:02} % used at {}.{:02} % of {}: {word}",
                usage.used_fen, usage.budget_fen, used.0, used.1, year.0, year.1, args.year
            );
        }
    }
    Ok(found.values().all(|usage| usage.stands != Stands::Over))
}

/// What the funds of each insured's pool paid in a year. From the settlements, because accumulators of shared limits hold other
/// schemes' payments again.
async fn paid<S: AuditStore + ?Sized>(store: &S, year: i16) -> anyhow::Result<BTreeMap<Admdvs, Fen>> {
    let mut paid = BTreeMap::new();
    for place in store.pools().await? {
        let mut after: Option<String> = None;
        loop {
            let page = store.scan_setl(place, after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.setl_id.clone());
            for (setl, _) in page.iter().filter(|(setl, _)| setl.shares.year == year) {
                let sum = paid.entry(setl.accum_key.poolarea_no).or_insert(Fen::ZERO);
                *sum = sum.checked_add(setl.shares.fund_pay_sumamt).context("the sum is beyond its range")?;
            }
        }
    }
    Ok(paid)
}
