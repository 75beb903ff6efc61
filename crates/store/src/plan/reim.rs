//! The statement by which a claim with papers comes in or goes on (零星报销).
//!
//! Invariant: a claim goes on by one step from where it was seen to stand.

use lf_ports::reim::REIM_NO_MAX;
use lf_ports::{ReimChange, StoreError, codec};

use super::{Step, contradiction, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

pub(super) fn change(change: &ReimChange, sealer: &Sealer) -> Result<Step, StoreError> {
    let row = &change.row;
    if !(1..=REIM_NO_MAX).contains(&row.reim_no.len()) {
        return Err(contradiction("reim: its number is missing or too long"));
    }
    let ver = row.reim.ver();
    let mut params: Vec<Value> = vec![row.poolarea_no.as_str().into(), row.reim_no.as_str().into()];
    let body = sealer.cell(&sealed::REIM, &params, &codec::encode(&row.reim));
    let stas = row.reim.state().stas().word();
    params.extend([row.reim.intake().psn_no.as_str().into(), stas.into(), ver.into(), body]);
    if ver == 1 {
        return Ok(write_or_stale(sql::reim::NEW, params, "reim"));
    }
    params.push((ver - 1).into());
    Ok(write_or_stale(sql::reim::MOVE, params, "reim"))
}
