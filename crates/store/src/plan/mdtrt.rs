//! The statement that registers a visit or moves it on.
//!
//! Serves 2201–2208. Invariant: a visit moves from the version that was read, or not at all.

use lf_ports::{MdtrtChange, StoreError, codec};

use super::{Step, contradiction, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

pub(super) fn change(change: &MdtrtChange, sealer: &Sealer) -> Result<Step, StoreError> {
    let MdtrtChange { mdtrt, expect_ver } = change;
    let ver = expect_ver.checked_add(1).filter(|ver| *ver > 0);
    let ver = ver.ok_or_else(|| contradiction("mdtrt: no version after expect_ver"))?;
    let mut params: Vec<Value> = vec![mdtrt.fixmedins_code.as_str().into(), mdtrt.mdtrt_id.as_str().into()];
    let body = sealer.cell(&sealed::MDTRT, &params, &codec::encode(mdtrt));
    params.extend([mdtrt.poolarea_no.as_str().into(), ver.into(), mdtrt.state.name().into(), body]);
    if *expect_ver == 0 {
        return Ok(write_or_stale(sql::mdtrt::NEW, params, "mdtrt"));
    }
    params.push((*expect_ver).into());
    Ok(write_or_stale(sql::mdtrt::MOVE, params, "mdtrt"))
}
