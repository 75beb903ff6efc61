//! The SQL texts of consultations and of how long a person's drugs last (7101, 7103), under the rules of `sql`.

pub(crate) const ITNT_LAST: &str = "SELECT seq FROM itnt_session WHERE dr_code = $1 ORDER BY seq DESC LIMIT 1";
/// `$3` is as long before `$4` as a consultation may last: what began earlier is over.
pub(crate) const ITNT_OVERLAPS: &str =
    "SELECT dr_code, seq, begin_us, end_us, insu_poolarea_no, psn_no, fixmedins_code, hi_rxno FROM itnt_session
    WHERE dr_code = $1 AND begin_us < $2 AND begin_us > $3 AND end_us > $4
    AND NOT (insu_poolarea_no = $5 AND psn_no = $6) ORDER BY begin_us, seq LIMIT $7";
pub(crate) const ITNT_NEW: &str = "INSERT INTO itnt_session (dr_code, seq, begin_us, end_us, insu_poolarea_no, psn_no,
    fixmedins_code, hi_rxno) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (dr_code, seq) DO NOTHING";

/// `$4` and `$5` are the last of the page before.
pub(crate) const COURSES: &str = "SELECT poolarea_no, psn_no, hi_rxno, until_day, body FROM drug_course
    WHERE poolarea_no = $1 AND psn_no = $2 AND until_day >= $3 AND (until_day, hi_rxno) < ($4, $5)
    ORDER BY until_day DESC, hi_rxno DESC LIMIT $6";
pub(crate) const RXNOS_OF_PERSON: &str = "SELECT poolarea_no, psn_no, hi_rxno FROM drug_course
    WHERE poolarea_no = $1 AND psn_no = $2 AND hi_rxno > $3 ORDER BY hi_rxno LIMIT $4";
pub(crate) const COURSE_NEW: &str = "INSERT INTO drug_course (poolarea_no, psn_no, hi_rxno, until_day, body)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (poolarea_no, psn_no, hi_rxno) DO NOTHING";
/// Which others last; a number holds its day at this place. Answered from the index alone.
pub(crate) const COURSES_BESIDE: &str = "SELECT until_day, hi_rxno FROM drug_course
    WHERE poolarea_no = $1 AND psn_no = $2 AND until_day >= $3 AND substr(hi_rxno, 7, 8) <= $4 AND hi_rxno <> $5
    ORDER BY until_day DESC, hi_rxno DESC LIMIT $6";
pub(crate) const COURSE: &str = "SELECT poolarea_no, psn_no, hi_rxno, until_day, body FROM drug_course
    WHERE poolarea_no = $1 AND psn_no = $2 AND hi_rxno = $3";
/// Where a prescription stands, without its state.
pub(crate) const RX_PHASE: &str = "SELECT phase, live, vali_end_us FROM rx WHERE poolarea_no = $1 AND hi_rxno = $2";

/// Which questions must find their rows by an index.
#[cfg(test)]
pub(crate) const QUESTIONS: [&str; 7] =
    [ITNT_LAST, ITNT_OVERLAPS, COURSES, RXNOS_OF_PERSON, COURSES_BESIDE, COURSE, RX_PHASE];
