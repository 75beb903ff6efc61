//! Rows of consultations and of drugs that last become values, or an `Inconsistency`.

use lf_ports::Standing;
use lf_ports::consult::{Course, ItntSession};
use lf_rx::event::Session;
use lf_vocab::{Day, HiRxno, Moment};

use super::Read;
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn itnt_session(sealer: &Sealer, row: Row) -> Read<ItntSession> {
    let mut cells = Cells::new(sealer, "itnt_session", 2, row);
    let dr_code = cells.parsed("dr_code")?;
    let seq = cells.count("seq")?;
    let (begntime, endtime) = (cells.moment("begin_us")?, cells.moment("end_us")?);
    let session = Session::new(begntime, endtime).ok_or_else(|| cells.wrong("end_us", "no time of a consultation"))?;
    Ok(ItntSession {
        dr_code,
        seq,
        session,
        insu_poolarea_no: cells.parsed("insu_poolarea_no")?,
        psn_no: cells.parsed("psn_no")?,
        fixmedins_code: cells.parsed("fixmedins_code")?,
        hi_rxno: cells.parsed("hi_rxno")?,
    })
}

pub(crate) fn course(sealer: &Sealer, row: Row) -> Read<Course> {
    let mut cells = Cells::new(sealer, "drug_course", 3, row);
    let (poolarea_no, psn_no) = (cells.parsed("poolarea_no")?, cells.parsed("psn_no")?);
    let hi_rxno = cells.parsed("hi_rxno")?;
    let until: Day = cells.day("until_day")?;
    let course = Course { poolarea_no, psn_no, hi_rxno, drugs: cells.sealed_json(&sealed::DRUG_COURSE)? };
    cells.agree("until_day", course.until() == Some(until))?;
    Ok(course)
}

/// The number of a course.
pub(crate) fn rxno(sealer: &Sealer, row: Row) -> Read<HiRxno> {
    let mut cells = Cells::new(sealer, "drug_course", 3, row);
    cells.text("poolarea_no")?;
    cells.text("psn_no")?;
    cells.parsed("hi_rxno")
}

/// Where a prescription stands by now.
pub(crate) fn standing(sealer: &Sealer, row: Row) -> Read<Standing> {
    let mut cells = Cells::new(sealer, "rx", 0, row);
    let phase = cells.text("phase")?;
    let live = cells.flag("live")?;
    let vali_end_time = cells.moment("vali_end_us")?;
    Ok(match phase.as_str() {
        _ if live => Standing::Free(vali_end_time),
        "pre_checked" | "signed" => Standing::Unsigned,
        "sold" | "self_paid" | "settled" => Standing::Dispensed,
        "refunded" | "revoked" => Standing::Closed,
        _ => return Err(cells.wrong("phase", "neither free nor dispensed nor closed")),
    })
}

/// Whether what was prescribed is taken or may still be: dispensed, or free to be dispensed before its validity ends.
pub(crate) fn stands(sealer: &Sealer, row: Row, now: Moment) -> Read<bool> {
    let mut cells = Cells::new(sealer, "rx", 0, row);
    let phase = cells.text("phase")?;
    let live = cells.flag("live")?;
    let vali_end_time = cells.moment("vali_end_us")?;
    Ok((live && now < vali_end_time) || ["sold", "self_paid", "settled"].contains(&phase.as_str()))
}
