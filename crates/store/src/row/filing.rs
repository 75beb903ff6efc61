//! A row of a filing becomes a filing, or an `Inconsistency`.

use lf_ports::filing::Filing;

use super::{Read, lists};
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn filing(sealer: &Sealer, row: Row) -> Read<Filing> {
    let mut cells = Cells::new(sealer, "psn_filing", 3, row);
    let (poolarea_no, psn_no) = (cells.parsed("poolarea_no")?, cells.parsed("psn_no")?);
    let (filing_no, kind) = (cells.text("filing_no")?, cells.text("kind")?);
    let from = cells.day("from_day")?;
    let until = lists::until(&mut cells, from)?;
    let filing = Filing { poolarea_no, psn_no, filing_no, from, until, body: cells.sealed_json(&sealed::FILING)? };
    cells.agree("kind", filing.kind().word() == kind)?;
    Ok(filing)
}
