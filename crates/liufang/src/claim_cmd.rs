//! `liufang claim`: 零星报销 over a database, beside a running center. What is decided stands in `center/src/reim.rs`.
//!
//! Serves DG-3.1c and DG-4.5b. Invariants: a claim is never deleted; papers are kept by name and SM3, their files stay with the agency.

mod intake;
mod shown;

use std::sync::Arc;

use anyhow::bail;
use lf_center::reim::{Ageing, By, Doing, Judged, Limits, ageing};
use lf_center::{Center, Settings};
use lf_ports::{Clock as _, ReimRow, Store};
use lf_settle::reim::{Refused, ReimStas, ReimState};
use lf_vocab::Day;
use serde_json::{Value, json};

use crate::beside::with_law;
use crate::cli::{ClaimArgs, ClaimBase, ClaimCommand, ClaimOf, Decision};
use crate::edge::{OsChance, SystemClock};
use crate::scans::for_each_reim;
use crate::words::in_words;

/// `liufang claim …`
pub async fn run(args: &ClaimArgs) -> anyhow::Result<bool> {
    let base = base(&args.command);
    with_law(&base.lawful, async |store, law| {
        let port: Arc<dyn Store> = store.clone();
        let center = Center::new(port, law.clone(), Arc::new(OsChance), Settings::default());
        step(&center, &args.command).await
    })
    .await
}

fn base(command: &ClaimCommand) -> &ClaimBase {
    match command {
        ClaimCommand::Add { of, .. }
        | ClaimCommand::Check { of }
        | ClaimCommand::Return { of, .. }
        | ClaimCommand::Supply { of, .. }
        | ClaimCommand::Decide { of, .. }
        | ClaimCommand::Pay { of, .. }
        | ClaimCommand::Undo { of, .. } => &of.base,
        ClaimCommand::Show { base, .. } | ClaimCommand::List { base, .. } | ClaimCommand::Ageing { base, .. } => base,
    }
}

async fn step(center: &Center, command: &ClaimCommand) -> anyhow::Result<bool> {
    match command {
        ClaimCommand::Add { of, facts, papers } => {
            let papers = intake::papers(papers)?;
            let asked = intake::read(of.base.poolarea_no, &of.claim_no, facts, papers)?;
            let row = center.reim_add(by(of), &asked).await.map_err(in_words)?;
            told(&of.base, &row)
        }
        ClaimCommand::Check { of } => check(center, of).await,
        ClaimCommand::Return { of, why } => go(center, of, Doing::Return(why)).await,
        ClaimCommand::Supply { of, papers } => go(center, of, Doing::Supply(&intake::papers(papers)?)).await,
        ClaimCommand::Decide { of, decision } => decide(center, of, decision).await,
        ClaimCommand::Pay { of, voucher } => go(center, of, Doing::Pay(voucher)).await,
        ClaimCommand::Undo { of, why, voucher } => {
            go(center, of, Doing::Undo { rea: why, repay_no: voucher.as_deref() }).await
        }
        ClaimCommand::Show { claim_no, base } => match center.store().reim(base.poolarea_no, claim_no).await? {
            Some(row) if base.json => json_out(&shown::value(&row)),
            Some(row) => {
                shown::whole(&row).iter().for_each(|line| println!("{line}"));
                Ok(true)
            }
            None => bail!("{} has no claim {claim_no}", base.poolarea_no),
        },
        ClaimCommand::List { base, state } => {
            let rows = all(center, base, *state).await?;
            if base.json {
                return json_out(&Value::from(rows.iter().map(shown::value).collect::<Vec<_>>()));
            }
            rows.iter().for_each(|row| println!("{}", shown::line(row)));
            Ok(true)
        }
        ClaimCommand::Ageing { base, on, target } => waiting(center, base, *on, *target).await,
    }
}

fn by(of: &ClaimOf) -> By<'_> {
    By { opter_name: &of.by, now: SystemClock.now() }
}

async fn go(center: &Center, of: &ClaimOf, doing: Doing<'_>) -> anyhow::Result<bool> {
    let row = center.reim_do(by(of), of.base.poolarea_no, &of.claim_no, doing).await.map_err(in_words)?;
    told(&of.base, &row)
}

async fn decide(center: &Center, of: &ClaimOf, decision: &Decision) -> anyhow::Result<bool> {
    match (&decision.article, &decision.why) {
        (Some(article), Some(rea)) if decision.refuse => {
            let why = Refused { article: article.clone(), rea: rea.clone() };
            go(center, of, Doing::Refuse(&why)).await
        }
        _ => go(center, of, Doing::Approve(decision.looked_into.as_deref())).await,
    }
}

async fn check(center: &Center, of: &ClaimOf) -> anyhow::Result<bool> {
    let judged = center.reim_check(by(of), of.base.poolarea_no, &of.claim_no).await.map_err(in_words)?;
    let Judged { row, trial } = judged;
    let lawful = matches!(row.reim.state(), ReimState::Checked(checked) if checked.refused.is_empty());
    let trial = trial.map_err(|failure| failure.in_words());
    if of.base.json {
        let trial = match &trial {
            Ok(shares) => shown::shares(shares),
            Err(why) => json!({ "refused": why }),
        };
        json_out(&json!({ "claim": shown::value(&row), "trial": trial }))?;
        return Ok(lawful);
    }
    told(&of.base, &row)?;
    match &trial {
        Ok(shares) => println!("按现在核定：{}", shown::amounts(shares)),
        Err(why) => println!("不能核定金额：{why}"),
    }
    Ok(lawful)
}

fn told(base: &ClaimBase, row: &ReimRow) -> anyhow::Result<bool> {
    if base.json {
        return json_out(&shown::value(row));
    }
    shown::whole(row).iter().for_each(|line| println!("{line}"));
    Ok(true)
}

fn json_out(value: &Value) -> anyhow::Result<bool> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(true)
}

async fn all(center: &Center, base: &ClaimBase, stas: Option<ReimStas>) -> anyhow::Result<Vec<ReimRow>> {
    let mut found = Vec::new();
    for_each_reim(center.store().as_ref(), base.poolarea_no, stas, |row| found.push(row)).await?;
    Ok(found)
}

/// What waits, the longest first, and how long what ended had waited.
async fn waiting(center: &Center, base: &ClaimBase, on: Option<Day>, target: Option<i64>) -> anyhow::Result<bool> {
    let now = SystemClock.now();
    let on = on.unwrap_or(now.day());
    let grants = center.grants(base.poolarea_no, now).await?;
    let (mut open, mut decided, mut paid) = (Vec::new(), Vec::new(), Vec::new());
    let mut named = false;
    for row in all(center, base, None).await? {
        let limits = Limits::of(center.law(), base.poolarea_no, &grants, row.reim.intake().bought.day);
        let limits = limits.map_err(in_words)?;
        named |= limits.accept_days.is_some() || limits.pay_days.is_some();
        let age = ageing(&row, on, &limits);
        decided.extend(age.decided);
        paid.extend(age.paid);
        if age.stas.open() {
            let over = age.over || age.limit.or(target).is_some_and(|most| age.days.intake > most);
            open.push((row, age, over));
        }
    }
    open.sort_by_key(|(row, age, _)| (-age.days.intake, row.reim_no.clone()));
    let late = open.iter().filter(|(_, _, over)| *over).count();
    if base.json {
        let rows: Vec<_> = open.iter().map(|(row, age, over)| shown::age(row, age, *over)).collect();
        let sums = json!({ "decided": figures(&decided), "paid": figures(&paid) });
        let report = json!({ "on": on.to_string(), "law_names_days": named, "open": rows, "over": late, "took": sums });
        json_out(&report)?;
        return Ok(late == 0);
    }
    for (row, age, over) in &open {
        println!("{}", waits(row, age, *over));
    }
    println!("待办{}笔，超过期限{late}笔", open.len());
    if !named {
        println!("{}的规定没有写明办理天数（只要求及时）", base.poolarea_no);
    }
    for (word, days) in [("核定或不予报销", &decided), ("拨付", &paid)] {
        if let (Some(most), count) = (days.iter().max(), days.len()) {
            println!("受理后{word}{count}笔，最长{most}天，平均{}天", mean(days));
        }
    }
    Ok(late == 0)
}

fn waits(row: &ReimRow, age: &Ageing, over: bool) -> String {
    let limit = age.limit.map_or(String::new(), |limit| format!("，规定{limit}天"));
    let over = if over { "，已超期" } else { "" };
    let (days, step) = (age.days.intake, age.days.step);
    format!("{}\t{}\t受理{days}天，本环节{step}天{limit}{over}", row.reim_no, age.stas.text())
}

/// Days with one decimal, cut.
fn mean(days: &[i64]) -> String {
    let tenths = days.iter().sum::<i64>() * 10 / i64::try_from(days.len().max(1)).unwrap_or(i64::MAX);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn figures(days: &[i64]) -> Value {
    json!({ "cnt": days.len(), "days_max": days.iter().max(), "days_mean": (!days.is_empty()).then(|| mean(days)) })
}
