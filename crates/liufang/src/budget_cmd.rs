//! `liufang budget`: what the funds of the pools have paid in a year beside their budgets (JX-5.1).

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_ports::{AuditStore, Clock as _, MemoTopic, Said};
use lf_settle::{BudgetUse, Stands, budget_use};
use lf_store::Engine;
use lf_vocab::{Admdvs, Fen};

use crate::cli::{BudgetArgs, BudgetCommand, BudgetSetArgs};
use crate::edge::SystemClock;
use crate::memos;
use crate::serve::open_beside;

/// Rows read at once.
const PAGE: usize = 1_000;

/// `liufang budget …`: whether no pool is over its budget.
pub async fn run(args: &BudgetArgs) -> anyhow::Result<bool> {
    let base = match &args.command {
        Some(BudgetCommand::Set(set)) => &set.base,
        None => &args.base,
    };
    let store = open_beside(&base.database, base.store_key.as_deref()).await?;
    let done = match &args.command {
        Some(BudgetCommand::Set(set)) => self::set(store.as_ref(), set).await,
        None => show(store.as_ref(), args).await,
    };
    store.close().await;
    done
}

async fn set(store: &dyn Engine, args: &BudgetSetArgs) -> anyhow::Result<bool> {
    // Measured once, so that a budget that cannot be is not entered.
    budget_use(args.year, args.yuan, Fen::ZERO, SystemClock.now().day()).context("a budget is above 0, of a year")?;
    let key = args.year.to_string();
    let memos = memos::newest(store, args.admdvs, MemoTopic::Budget).await?;
    let said = (Said::Budget(args.yuan), args.paper.as_str(), args.by.as_str());
    memos::write(store, args.admdvs, &key, said, memos.get(&key)).await?;
    println!("the budget of {} for {} is {} yuan", args.admdvs, args.year, args.yuan);
    Ok(true)
}

async fn show(store: &dyn Engine, args: &BudgetArgs) -> anyhow::Result<bool> {
    let year = args.year.context("--year is wanted")?;
    let on = args.on.unwrap_or_else(|| SystemClock.now().day());
    let paid = paid(store, year).await?;
    let mut found: BTreeMap<Admdvs, BudgetUse> = BTreeMap::new();
    for pool in store.pools().await? {
        let memos = memos::newest(store, pool, MemoTopic::Budget).await?;
        let Some(&Said::Budget(budget)) = memos.get(&year.to_string()).map(|row| &row.memo.said) else { continue };
        let used = paid.get(&pool).copied().unwrap_or(Fen::ZERO);
        let usage = budget_use(year, budget, used, on).with_context(|| format!("{pool}: no budget that can be"))?;
        found.insert(pool, usage);
    }
    if args.json {
        let by_pool: BTreeMap<String, BudgetUse> =
            found.iter().map(|(pool, usage)| (pool.to_string(), *usage)).collect();
        println!("{}", serde_json::to_string_pretty(&by_pool)?);
    } else {
        print(year, &found);
    }
    for pool in paid.keys().filter(|pool| !found.contains_key(pool)) {
        eprintln!("liufang: {pool} has paid in {year} and has no budget; enter it with `liufang budget set`");
    }
    Ok(found.values().all(|usage| usage.stands != Stands::Over))
}

fn print(year: i16, found: &BTreeMap<Admdvs, BudgetUse>) {
    if found.is_empty() {
        println!("no budget of {year} was entered");
    }
    for (pool, usage) in found {
        let word = match usage.stands {
            Stands::Within => "within",
            Stands::Ahead => "ahead of the year",
            Stands::Over => "over",
        };
        let [used, over] = [usage.used_share, usage.year_share].map(|share| (share / 100, share % 100));
        println!(
            "{pool}  {} of {} yuan, {}.{:02} % used at {}.{:02} % of {year}: {word}",
            usage.used_fen, usage.budget_fen, used.0, used.1, over.0, over.1
        );
    }
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
