//! `liufang budget`: what the funds of the pools have paid in a year beside their budgets (JX-5.1).

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_ports::{AuditStore, Clock as _, MemoTopic, ReimStore, Said};
use lf_settle::{BudgetUse, Stands, budget_use};
use lf_store::Engine;
use lf_vocab::{Admdvs, Fen};

use crate::beside::with_store;
use crate::cli::{BudgetArgs, BudgetCommand, BudgetSetArgs};
use crate::edge::SystemClock;
use crate::memos;
use crate::scans::{for_each_reim, for_each_setl};

/// `liufang budget …`: whether no pool is over its budget.
pub async fn run(args: &BudgetArgs) -> anyhow::Result<bool> {
    match &args.command {
        Some(BudgetCommand::Set(set)) => {
            with_store(&set.beside, async |store| self::set(store.as_ref(), set).await).await
        }
        None => with_store(&args.beside, async |store| show(store.as_ref(), args).await).await,
    }
}

async fn set(store: &dyn Engine, args: &BudgetSetArgs) -> anyhow::Result<bool> {
    // Measured once, so that a budget that cannot be is not entered.
    budget_use(args.year, args.yuan, Fen::ZERO, SystemClock.now().day()).context("a budget is above 0, of a year")?;
    let key = args.year.to_string();
    let earlier = memos::of_key(store, args.admdvs, MemoTopic::Budget, &key).await?;
    let said = (Said::Budget(args.yuan), args.paper.as_str(), args.by.as_str());
    memos::write(store, args.admdvs, &key, said, earlier.last()).await?;
    println!("the budget of {} for {} is {} yuan", args.admdvs, args.year, args.yuan);
    Ok(true)
}

async fn show(store: &dyn Engine, args: &BudgetArgs) -> anyhow::Result<bool> {
    let year = args.year.context("--year is wanted")?;
    let on = args.on.unwrap_or_else(|| SystemClock.now().day());
    let paid = paid(store, year).await?;
    let mut found: BTreeMap<Admdvs, BudgetUse> = BTreeMap::new();
    for pool in store.pools().await? {
        let memos = memos::of_key(store, pool, MemoTopic::Budget, &year.to_string()).await?;
        let Some(&Said::Budget(budget)) = memos.last().map(|row| &row.memo.said) else { continue };
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

/// What the funds of each insured's pool paid in a year, or promised to claims with papers. From settlements and claims, because
/// accumulators of shared limits hold other schemes' payments again.
async fn paid<S: AuditStore + ReimStore + ?Sized>(store: &S, year: i16) -> anyhow::Result<BTreeMap<Admdvs, Fen>> {
    // A sum that is beyond its range stays so.
    let mut paid: BTreeMap<Admdvs, Option<Fen>> = BTreeMap::new();
    for place in store.pools().await? {
        for_each_setl(store, place, |setl, _| {
            if setl.shares.year == year {
                let sum = paid.entry(setl.accum_key.poolarea_no).or_insert(Some(Fen::ZERO));
                *sum = sum.and_then(|sum| sum.checked_add(setl.shares.fund_pay_sumamt));
            }
        })
        .await?;
        for_each_reim(store, place, None, |row| {
            let promised = row.reim.state().promised().filter(|approved| approved.shares.year == year);
            if let Some(approved) = promised {
                let sum = paid.entry(place).or_insert(Some(Fen::ZERO));
                *sum = sum.and_then(|sum| sum.checked_add(approved.shares.fund_pay_sumamt));
            }
        })
        .await?;
    }
    let within = |(pool, sum): (Admdvs, Option<Fen>)| Some((pool, sum?));
    paid.into_iter().map(within).collect::<Option<_>>().context("the sum is beyond its range")
}
