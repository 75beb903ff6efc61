//! The SQL texts of filings, under the rules of `sql`.

/// The columns of a filing.
macro_rules! filing {
    ($rest:literal) => {
        concat!("SELECT poolarea_no, psn_no, filing_no, kind, from_day, until_day, body FROM psn_filing ", $rest)
    };
}

pub(crate) const OF_PERSON: &str = filing!("WHERE poolarea_no = $1 AND psn_no = $2 ORDER BY filing_no LIMIT $3");
pub(crate) const KEPT: &str = "SELECT kind FROM psn_filing WHERE poolarea_no = $1 AND kind = $2 LIMIT 1";
pub(crate) const NEW: &str = "INSERT INTO psn_filing (poolarea_no, psn_no, filing_no, kind, from_day, until_day, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (poolarea_no, psn_no, filing_no) DO NOTHING";
/// Finds the person unless there are more filings than `$3`.
pub(crate) const ROOM: &str = "SELECT psn_no FROM psn_filing WHERE poolarea_no = $1 AND psn_no = $2
    GROUP BY psn_no HAVING COUNT(*) <= $3";
/// `$9` and `$7` are where it began and ended before.
pub(crate) const CHANGED: &str = "UPDATE psn_filing SET kind = $4, from_day = $5, until_day = $6, body = $8
    WHERE poolarea_no = $1 AND psn_no = $2 AND filing_no = $3 AND from_day = $9 AND until_day = $7";

/// Every question, for the test of `sql`.
#[cfg(test)]
pub(super) const QUESTIONS: [&str; 4] = [OF_PERSON, KEPT, ROOM, CHANGED];
