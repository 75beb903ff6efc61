//! The statements that put and withdraw matches of lists.
//!
//! Serves 3301 and 3302. Invariant: what is withdrawn must stand.

use lf_ports::{MatchChange, MatchKey};

use super::{Must, Step, step, write_or_stale};
use crate::sql;
use crate::value::Value;

pub(super) fn change(change: &MatchChange) -> Step {
    match change {
        MatchChange::Put(row) => {
            let mut params = key(&row.key);
            params.extend([row.begndate.into(), row.enddate.into(), row.crte_time.into(), row.updt_time.into()]);
            params.push(Value::json(&row.body));
            step(sql::MATCH_PUT, params, Must::Any)
        }
        MatchChange::Withdraw(of, at) => {
            let mut params = key(of);
            params.push((*at).into());
            write_or_stale(sql::MATCH_WITHDRAW, params, "list_match")
        }
    }
}

fn key(key: &MatchKey) -> Vec<Value> {
    let MatchKey { fixmedins_code, list_type, fixmedins_hilist_id, med_list_codg } = key;
    [fixmedins_code.as_str(), list_type, fixmedins_hilist_id, med_list_codg].map(Value::from).to_vec()
}
