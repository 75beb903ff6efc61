//! The statements by which a grant is given or ends. Serves `liufang grant`.

use lf_ports::{GrantChange, GrantRow, StoreError};
use lf_vocab::Day;

use super::{Step, contradiction, write_or_stale};
use crate::sql;
use crate::value::{Value, open_day};

pub(super) fn grant(change: &GrantChange) -> Result<Step, StoreError> {
    let (GrantChange::Given(row) | GrantChange::Ended { row, .. }) = change;
    if row.grant_no < 1 || row.until.is_some_and(|until| until < row.from) {
        return Err(contradiction("grant: numbers count from 1, and it ends after it begins"));
    }
    let mut params = vec![row.admdvs.as_str().into(), row.provision.as_str().into(), row.grant_no.into()];
    Ok(match change {
        GrantChange::Given(GrantRow { from, until, given, .. }) => {
            params.extend([(*from).into(), until_day(*until), Value::json(given)]);
            write_or_stale(sql::GRANT_NEW, params, "grant_given")
        }
        GrantChange::Ended { row, expect_until } => {
            params.extend([until_day(row.until), Value::json(&row.given), until_day(*expect_until)]);
            write_or_stale(sql::GRANT_END, params, "grant_given")
        }
    })
}

fn until_day(until: Option<Day>) -> Value {
    until.map_or_else(open_day, Value::from)
}
