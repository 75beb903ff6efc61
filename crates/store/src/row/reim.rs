//! A row of a claim with papers (零星报销) becomes a claim, or an `Inconsistency`.

use lf_ports::ReimRow;
use lf_settle::reim::Reim;

use super::Read;
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn reim(sealer: &Sealer, row: Row) -> Read<ReimRow> {
    let mut cells = Cells::new(sealer, "reim", 2, row);
    let (poolarea_no, reim_no) = (cells.parsed("poolarea_no")?, cells.text("reim_no")?);
    let (psn_no, stas) = (cells.text("psn_no")?, cells.text("stas")?);
    let ver = cells.count("ver")?;
    // Steps that do not follow each other do not decode.
    let reim: Reim = cells.sealed_json(&sealed::REIM)?;
    cells.agree("psn_no", reim.intake().psn_no.as_str() == psn_no)?;
    cells.agree("stas", reim.state().stas().word() == stas)?;
    cells.agree("ver", reim.ver() == ver)?;
    Ok(ReimRow { poolarea_no, reim_no, reim })
}
