//! The statement by which a case of supply is opened or goes on (JX-4.5.1).
//!
//! Invariant: a case goes on by one step from where it was seen to stand.

use lf_ports::{StoreError, SupplyCase, codec};

use super::{Step, contradiction, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql::stock as sql;
use crate::value::Value;

pub(super) fn case(case: &SupplyCase, sealer: &Sealer) -> Result<Step, StoreError> {
    let steps = &case.body.steps;
    let counted = i64::try_from(steps.len()).is_ok_and(|count| count == case.ver);
    if !counted || steps.last().is_none_or(|step| step.state != case.state) {
        return Err(contradiction("supply: version and state are those of the last step"));
    }
    let mut params: Vec<Value> = vec![case.fixmedins_code.as_str().into(), case.case_no.as_str().into()];
    let body = sealer.cell(&sealed::SUPPLY_CASE, &params, &codec::encode(&case.body));
    params.extend([case.poolarea_no.as_str().into(), case.ver.into(), case.state.word().into(), body]);
    if case.ver == 1 {
        return Ok(write_or_stale(sql::CASE_NEW, params, "supply_case"));
    }
    params.push((case.ver - 1).into());
    Ok(write_or_stale(sql::CASE_MOVE, params, "supply_case"))
}
