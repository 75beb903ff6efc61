//! `liufang stock complain`: drugs that the query showed and the pharmacy did not supply (JX-4.5.1), from the complaint to the finding.
//!
//! Invariants: only what the query showed at that moment, by the ledger as it stood, can be confirmed; a case counts once and is
//! never deleted; the number at which an agreement ends is the law's.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow, bail};
use lf_center::gate::number_on;
use lf_center::offers::shown_then;
use lf_center::stock_pages;
use lf_law::Law;
use lf_ports::{CaseBody, CaseState, CaseStep, ChangeSet, CommitError, SupplyCase};
use lf_stock::{Shown, Strikes};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Moment};
use serde_json::{Value, json};

use super::Answer;
use crate::cli::{CaseStepArgs, ComplainCommand};
use crate::words::in_words;

pub(super) async fn run(store: &dyn Engine, law: &Law, command: &ComplainCommand, now: Moment) -> Answer {
    match command {
        ComplainCommand::Add { step, drug, asked } => add(store, law, step, (drug, *asked), now).await,
        ComplainCommand::Confirm { step } => advance(store, step, CaseState::Confirmed, now).await,
        ComplainCommand::Dismiss { step } => advance(store, step, CaseState::Dismissed, now).await,
        ComplainCommand::List { pool, .. } => list(store, law, *pool, now.day()).await,
    }
}

async fn add(
    store: &dyn Engine,
    law: &Law,
    args: &CaseStepArgs,
    (drug, asked): (&MedListCodg, Moment),
    now: Moment,
) -> Answer {
    if asked > now {
        bail!("{asked} is still to come");
    }
    let shop = store.fixmedins(&args.institution).await?;
    let shop = shop.filter(|shop| shop.fixmedins_code.kind() == FixmedinsKind::Pharmacy);
    let shop = shop.with_context(|| format!("no pharmacy {}", args.institution))?;
    let shown = shown_then(store, law, &shop, drug, asked).await.map_err(in_words)?;
    let body = CaseBody { med_list_codg: drug.clone(), asked, shown, steps: vec![step(args, CaseState::Opened, now)] };
    let case = SupplyCase {
        poolarea_no: shop.poolarea_no,
        fixmedins_code: shop.fixmedins_code,
        case_no: args.case_no.clone(),
        ver: 1,
        state: CaseState::Opened,
        body,
    };
    let row = row(&case);
    commit(store, case).await?;
    Ok((vec![row], true))
}

async fn advance(store: &dyn Engine, args: &CaseStepArgs, state: CaseState, now: Moment) -> Answer {
    let case = store.supply_case(&args.institution, &args.case_no).await?;
    let mut case = case.with_context(|| format!("{} has no case {}", args.institution, args.case_no))?;
    if case.state == state {
        bail!("case {} is {} already", case.case_no, state.word());
    }
    if state == CaseState::Confirmed && case.body.shown.is_none() {
        eprintln!("by the ledger the query did not show {} there at {}", case.body.med_list_codg, case.body.asked);
        return Ok((vec![row(&case)], false));
    }
    case.body.steps.push(step(args, state, now));
    (case.ver, case.state) = (case.ver + 1, state);
    let row = row(&case);
    commit(store, case).await?;
    Ok((vec![row], true))
}

fn step(args: &CaseStepArgs, state: CaseState, at: Moment) -> CaseStep {
    CaseStep { state, at, by: args.by.clone(), evidence: args.evidence.clone() }
}

async fn commit(store: &dyn Engine, case: SupplyCase) -> anyhow::Result<()> {
    let (no, new) = (case.case_no.clone(), case.ver == 1);
    match store.commit(ChangeSet { supply: Some(case), ..ChangeSet::default() }).await {
        Err(CommitError::Stale(_)) if new => Err(anyhow!("case {no} stands already")),
        Err(CommitError::Stale(_)) => Err(anyhow!("somebody else took a step in case {no} meanwhile; look again")),
        other => Ok(other?),
    }
}

fn row(case: &SupplyCase) -> Value {
    let body = &case.body;
    let steps = body.steps.iter().map(|step| {
        json!({ "state": step.state.word(), "at": step.at.to_string(), "by": step.by, "evidence": step.evidence })
    });
    json!({
        "case_no": case.case_no,
        "fixmedins_code": case.fixmedins_code,
        "state": case.state.word(),
        "med_list_codg": body.med_list_codg,
        "asked": body.asked.to_string(),
        "shown_packs": body.shown.map(|shown| shown.packs),
        "shown_told": body.shown.map(|shown| shown.told.to_string()),
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// Cases one by one, then what they come to.
async fn list(store: &dyn Engine, law: &Law, pool: Admdvs, on: Day) -> Answer {
    let cases = stock_pages::cases(store, pool).await?;
    let mut rows: Vec<Value> = cases.iter().map(row).collect();
    let mut confirmed: BTreeMap<&FixmedinsCode, Vec<Shown>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.state == CaseState::Confirmed) {
        confirmed.entry(&case.fixmedins_code).or_default().push(Shown {
            case_no: case.case_no.clone(),
            on: case.body.asked.day(),
            med_list_codg: case.body.med_list_codg.clone(),
        });
    }
    let ends_at = ends_at(law, pool, on)?;
    let mut good = true;
    for (code, cases) in confirmed {
        // No period is printed: what happened under the agreement that runs.
        let shop = store.fixmedins(code).await?.with_context(|| format!("no institution {code}"))?;
        let (number, by) = ends_at.clone().map_or((u32::MAX, None), |(number, by)| (number, Some(by)));
        let strikes = Strikes::count(&cases, shop.agreement.from(), number);
        good &= !strikes.ends();
        rows.push(json!({
            "fixmedins_code": code,
            "fixmedins_name": shop.fixmedins_name,
            "since": shop.agreement.from().to_string(),
            "confirmed": strikes.confirmed,
            "ends_at": by.as_ref().map(|_| number),
            "finding": strikes.ends().then_some("解除药店门诊统筹协议"),
            "by": by,
        }));
    }
    Ok((rows, good))
}

/// The number at which an agreement ends and its provision; `None` where the law of the place says none.
fn ends_at(law: &Law, place: Admdvs, on: Day) -> anyhow::Result<Option<(u32, String)>> {
    let Some((number, by)) = number_on(law, place, on, "supply.strikes")? else { return Ok(None) };
    Ok(Some((u32::try_from(number).context("supply.strikes: no number of times")?, by)))
}
