//! The statements by which filings come in or end. Serves `liufang filing` and import.
//!
//! Invariant: no person has more filings than are kept, also where two commits add to them at once.

use std::collections::BTreeSet;

use lf_ports::filing::{FILINGS_MAX, Filing, FilingChange};
use lf_ports::{StoreError, codec};
use lf_vocab::Day;

use super::{Must, Step, contradiction, step, write_or_stale};
use crate::driver::page;
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql::{self, filing as texts};
use crate::value::{Value, open_day};

/// Adds the statements of all changes. A person who gets more filings is held from the first statement to the end of the
/// commit: the claim's row is never seen by anybody, but a second commit that would write it waits, and counts afterwards
/// what the first one left. Everybody is held in one order, so that two commits do not wait for each other.
pub(super) fn steps(changes: &[FilingChange], sealer: &Sealer, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    let added = changes.iter().filter_map(|change| match change {
        FilingChange::New(row) => Some((row.poolarea_no.as_str(), row.psn_no.as_str())),
        FilingChange::Changed { .. } => None,
    });
    let whose: BTreeSet<(&str, &str)> = added.collect();
    let held = |(pool, psn): &(&str, &str)| {
        vec![Value::from("psn_filing"), format!("{pool}/{psn}").into(), Value::from("commit")]
    };
    steps.extend(whose.iter().map(|whose| step(sql::CLAIM_NEW, held(whose), Must::Any)));
    for change in changes {
        steps.push(filing(change, sealer)?);
    }
    for whose in &whose {
        // A statement of its own, behind the waiting: it sees what others committed meanwhile.
        let (pool, psn) = *whose;
        let room = vec![pool.into(), psn.into(), page(FILINGS_MAX)];
        steps.push(step(texts::ROOM, room, Must::Find("psn_filing")));
        steps.push(step(sql::CLAIM_DROP, held(whose), Must::Any));
    }
    Ok(())
}

fn filing(change: &FilingChange, sealer: &Sealer) -> Result<Step, StoreError> {
    let (FilingChange::New(row) | FilingChange::Changed { filing: row, .. }) = change;
    if row.filing_no.is_empty() || row.until.is_some_and(|until| until < row.from) {
        return Err(contradiction("psn_filing: it has a number, and ends after it begins"));
    }
    let (mut params, body) = params(row, sealer);
    Ok(match change {
        FilingChange::New(_) => {
            params.push(body);
            write_or_stale(texts::NEW, params, "psn_filing")
        }
        FilingChange::Changed { expect_from, expect_until, .. } => {
            params.extend([until_day(*expect_until), body, (*expect_from).into()]);
            write_or_stale(texts::CHANGED, params, "psn_filing")
        }
    })
}

fn params(row: &Filing, sealer: &Sealer) -> (Vec<Value>, Value) {
    let mut params: Vec<Value> =
        vec![row.poolarea_no.as_str().into(), row.psn_no.as_str().into(), row.filing_no.as_str().into()];
    let body = sealer.cell(&sealed::FILING, &params, &codec::encode(&row.body));
    params.extend([row.kind().word().into(), row.from.into(), until_day(row.until)]);
    (params, body)
}

fn until_day(until: Option<Day>) -> Value {
    until.map_or_else(open_day, Value::from)
}
