//! The statements by which a consultation and the days that drugs last are kept. Serves 7101 and 7103.

use lf_ports::consult::{Course, ItntSession};
use lf_ports::{StoreError, codec};

use super::{Step, contradiction, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql::consult as sql;
use crate::value::Value;

pub(super) fn session(row: &ItntSession) -> Result<Step, StoreError> {
    if row.seq < 1 {
        return Err(contradiction("itnt_session: numbers count from 1"));
    }
    let params = vec![
        row.dr_code.as_str().into(),
        row.seq.into(),
        row.session.begntime.into(),
        row.session.endtime.into(),
        row.insu_poolarea_no.as_str().into(),
        row.psn_no.as_str().into(),
        row.fixmedins_code.as_str().into(),
        row.hi_rxno.as_str().into(),
    ];
    Ok(write_or_stale(sql::ITNT_NEW, params, "itnt_session"))
}

/// Nothing where no drug lasts any time.
pub(super) fn course(course: &Course, sealer: &Sealer) -> Option<Step> {
    let until = course.until()?;
    let mut params: Vec<Value> =
        vec![course.poolarea_no.as_str().into(), course.psn_no.as_str().into(), course.hi_rxno.as_str().into()];
    let body = sealer.cell(&sealed::DRUG_COURSE, &params, &codec::encode(&course.drugs));
    params.extend([until.into(), body]);
    Some(write_or_stale(sql::COURSE_NEW, params, "drug_course"))
}
