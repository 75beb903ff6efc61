//! Other prescriptions as a pre-check saw them: courses of the person that stood then, and other persons whom the doctor saw at
//! the same time.
//!
//! Invariant: the prescription itself and what came after it count for nothing. Where its day does not tell, histories are
//! read; of an earlier day's prescription that was uploaded, the upload counts as made on that day.

use lf_center::consult;
use lf_center::replayed::{checked_at, stood, taken};
use lf_ports::consult::COURSES_MAX;
use lf_ports::{Course, Earlier, Standing, StoreError, StoredCase};
use lf_rx::event::Session;
use lf_store::Engine;
use lf_vocab::{Admdvs, HiRxno, Moment, PsnNo};

/// The person's courses of prescriptions that stood when this one was checked.
pub async fn courses(store: &dyn Engine, case: &StoredCase, earlier: Vec<Earlier>) -> Result<Vec<Course>, StoreError> {
    let (day, mut at) = (case.hi_rxno.day(), None);
    let (begins, ends) = (day.start(), day.plus(1).start());
    let mut courses = Vec::new();
    for Earlier { course, standing } in earlier {
        let of_the_day = course.hi_rxno.day() == day;
        let stands = match standing {
            Standing::Unsigned => false,
            Standing::Dispensed if !of_the_day => true,
            Standing::Free(until) if until <= begins => false,
            Standing::Free(until) if !of_the_day && ends <= until => true,
            _ => {
                let at = moment(store, &case.hi_rxno, &mut at).await?;
                stood(store, &course.hi_rxno, (at, &case.hi_rxno)).await?.is_some_and(|rx| taken(&rx, at))
            }
        };
        courses.extend(stands.then_some(course));
        if courses.len() == COURSES_MAX {
            break;
        }
    }
    Ok(courses)
}

/// How many others the doctor had seen at the same time, of those whose prescriptions were uploaded by then.
pub async fn others(
    store: &dyn Engine,
    case: &StoredCase,
    session: &Session,
    person: (Admdvs, &PsnNo),
) -> Result<i64, StoreError> {
    let mut overlaps = store.itnt_overlaps(&case.content.mdtrtinfo.dr_code, session, person).await?;
    let mut at = None;
    let mut then = Vec::new();
    for row in overlaps.drain(..) {
        let at = moment(store, &case.hi_rxno, &mut at).await?;
        let rx = stood(store, &row.hi_rxno, (at, &case.hi_rxno)).await?;
        then.extend(rx.is_some_and(|rx| rx.state.active().is_some()).then_some(row));
    }
    Ok(consult::others(&then))
}

/// When it was pre-checked, asked once.
async fn moment(store: &dyn Engine, hi_rxno: &HiRxno, at: &mut Option<Moment>) -> Result<Moment, StoreError> {
    if let Some(at) = at {
        return Ok(*at);
    }
    let found = checked_at(store, hi_rxno).await?;
    let found = found.ok_or_else(|| StoreError::Broken(format!("{hi_rxno} has no history")))?;
    Ok(*at.insert(found))
}
