//! A row of 目录对照 becomes a match, or an `Inconsistency`.

use lf_ports::{ListMatch, MatchKey};

use super::Read;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn list_match(sealer: &Sealer, row: Row) -> Read<ListMatch> {
    let mut cells = Cells::new(sealer, "list_match", 4, row);
    let key = MatchKey {
        fixmedins_code: cells.parsed("fixmedins_code")?,
        list_type: cells.text("list_type")?,
        fixmedins_hilist_id: cells.text("fixmedins_hilist_id")?,
        med_list_codg: cells.text("med_list_codg")?,
    };
    let (begndate, enddate) = (cells.day("begn_day")?, cells.day("end_day")?);
    if enddate < begndate {
        return Err(cells.wrong("end_day", "before begn_day"));
    }
    let (crte_time, updt_time) = (cells.moment("crte_us")?, cells.moment("updt_us")?);
    let vali = cells.flag("vali")?;
    Ok(ListMatch { key, begndate, enddate, crte_time, updt_time, vali, body: cells.json("body")? })
}
