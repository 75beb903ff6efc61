//! The SQL texts of filings, under the rules of `sql`.

/// The columns of a filing.
macro_rules! filing {
    ($rest:literal) => {
        concat!("SELECT poolarea_no, psn_no, filing_no, kind, from_day, until_day, body FROM psn_filing ", $rest)
    };
}

pub(crate) const OF_PERSON: &str = filing!("WHERE poolarea_no = $1 AND psn_no = $2 ORDER BY filing_no LIMIT $3");
pub(crate) const KEPT: &str = "SELECT kind FROM psn_filing WHERE poolarea_no = $1 AND kind = $2 LIMIT 1";
/// `$8` is how many a person may have.
pub(crate) const NEW: &str = "INSERT INTO psn_filing (poolarea_no, psn_no, filing_no, kind, from_day, until_day, body)
    SELECT $1, $2, $3, $4, $5, $6, $7
    WHERE (SELECT count(*) FROM psn_filing WHERE poolarea_no = $1 AND psn_no = $2) < $8
    ON CONFLICT (poolarea_no, psn_no, filing_no) DO NOTHING";
/// `$9` and `$7` are where it began and ended before.
pub(crate) const CHANGED: &str = "UPDATE psn_filing SET kind = $4, from_day = $5, until_day = $6, body = $8
    WHERE poolarea_no = $1 AND psn_no = $2 AND filing_no = $3 AND from_day = $9 AND until_day = $7";

/// Every question, for the test of `sql`.
#[cfg(test)]
pub(super) const QUESTIONS: [&str; 3] = [OF_PERSON, KEPT, CHANGED];
