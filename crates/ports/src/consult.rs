//! What is asked over several prescriptions: consultations of internet doctors, one row a prescription that was uploaded (7103), by
//! which a doctor who saw two persons at once is known (JX-2.4c); and how long a person's drugs last, from 7101.
//!
//! Invariant: rows of a doctor are numbered from 1 without gaps, so that of two uploads at once only one takes the next number.

use lf_rx::event::Session;
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, HiRxno, MedListCodg, PsnNo};
use serde::{Deserialize, Serialize};

/// Overlapping consultations that are looked at; more of them change no answer.
pub const OVERLAPS_MAX: usize = 64;

/// A consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItntSession {
    /// The doctor.
    pub dr_code: DrCode,
    /// Counts the doctor's consultations from 1.
    pub seq: i64,
    /// From when to when.
    pub session: Session,
    /// The insured person's 统筹区.
    pub insu_poolarea_no: Admdvs,
    /// The insured person.
    pub psn_no: PsnNo,
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// The prescription that came of it.
    pub hi_rxno: HiRxno,
}

/// Courses that are looked at of one person, those that last longest first.
pub const COURSES_MAX: usize = 64;

/// Courses of one person that are looked through for those, also of prescriptions that nobody signed or that were taken back: so many
/// and no more, lest pre-checks without end make the next one slow. What lies behind them reminds nobody.
pub const COURSES_LOOKED_MAX: usize = 8 * COURSES_MAX;

/// How long the drugs of one prescription last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The insured person's 统筹区.
    pub poolarea_no: Admdvs,
    /// The insured person.
    pub psn_no: PsnNo,
    /// The prescription.
    pub hi_rxno: HiRxno,
    /// Its drugs.
    pub drugs: Vec<CourseDrug>,
}

/// A drug that lasts from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseDrug {
    /// 医保药品编码.
    pub med_list_codg: MedListCodg,
    /// 通用名, by the catalogue where it knows the drug.
    pub genname: String,
    /// The day of prescribing.
    pub from: Day,
    /// The first day no longer.
    pub until: Day,
    /// Days of the whole course as doctors stated them: its own and those of earlier prescriptions that led to it without a gap.
    pub days: i64,
}

impl Course {
    /// The first day on which none of its drugs lasts any longer; `None` of a prescription of which none ever does.
    pub fn until(&self) -> Option<Day> {
        self.drugs.iter().filter(|drug| drug.from < drug.until).map(|drug| drug.until).max()
    }
}
