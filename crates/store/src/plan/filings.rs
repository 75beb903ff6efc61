//! The statements by which a filing comes in or ends. Serves `liufang filing` and import.

use lf_ports::filing::{FILINGS_MAX, Filing, FilingChange};
use lf_ports::{StoreError, codec};
use lf_vocab::Day;

use super::{Step, contradiction, write_or_stale};
use crate::driver::page;
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql::filing as sql;
use crate::value::{Value, open_day};

pub(super) fn filing(change: &FilingChange, sealer: &Sealer) -> Result<Step, StoreError> {
    let (FilingChange::New(row) | FilingChange::Changed { filing: row, .. }) = change;
    if row.filing_no.is_empty() || row.until.is_some_and(|until| until < row.from) {
        return Err(contradiction("psn_filing: it has a number, and ends after it begins"));
    }
    let (mut params, body) = params(row, sealer);
    Ok(match change {
        FilingChange::New(_) => {
            params.extend([body, page(FILINGS_MAX)]);
            write_or_stale(sql::NEW, params, "psn_filing")
        }
        FilingChange::Changed { expect_from, expect_until, .. } => {
            params.extend([until_day(*expect_until), body, (*expect_from).into()]);
            write_or_stale(sql::CHANGED, params, "psn_filing")
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
