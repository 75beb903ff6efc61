//! A row of a visit (2201–2208) becomes a visit and its version, or an `Inconsistency`.

use lf_ports::Mdtrt;
use lf_vocab::{Admdvs, FixmedinsCode};

use super::Read;
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn mdtrt(sealer: &Sealer, row: Row) -> Read<(Mdtrt, i64)> {
    let mut cells = Cells::new(sealer, "mdtrt", 2, row);
    let (fixmedins_code, mdtrt_id): (FixmedinsCode, _) = (cells.parsed("fixmedins_code")?, cells.text("mdtrt_id")?);
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let (ver, phase) = (cells.count("ver")?, cells.text("phase")?);
    let mdtrt: Mdtrt = cells.sealed_json(&sealed::MDTRT)?;
    cells.agree("fixmedins_code", mdtrt.fixmedins_code == fixmedins_code)?;
    cells.agree("mdtrt_id", mdtrt.mdtrt_id == mdtrt_id)?;
    cells.agree("poolarea_no", mdtrt.poolarea_no == poolarea_no)?;
    cells.agree("phase", mdtrt.state.name() == phase)?;
    Ok((mdtrt, ver))
}
