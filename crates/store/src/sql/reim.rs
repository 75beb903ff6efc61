//! The SQL texts of claims with papers (零星报销), under the rules of `sql`.

/// The columns of a claim.
macro_rules! reim {
    ($rest:literal) => {
        concat!("SELECT poolarea_no, reim_no, psn_no, stas, ver, body FROM reim ", $rest)
    };
}

pub(crate) const GET: &str = reim!("WHERE poolarea_no = $1 AND reim_no = $2");
pub(crate) const PAGE: &str = reim!("WHERE poolarea_no = $1 AND reim_no > $2 ORDER BY reim_no LIMIT $3");
pub(crate) const PAGE_OF: &str =
    reim!("WHERE poolarea_no = $1 AND stas = $4 AND reim_no > $2 ORDER BY reim_no LIMIT $3");
pub(crate) const NEW: &str = "INSERT INTO reim (poolarea_no, reim_no, psn_no, stas, ver, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (poolarea_no, reim_no) DO NOTHING";
pub(crate) const MOVE: &str = "UPDATE reim SET psn_no = $3, stas = $4, ver = $5, body = $6
    WHERE poolarea_no = $1 AND reim_no = $2 AND ver = $7";

/// Every question of this file.
#[cfg(test)]
pub(crate) const QUESTIONS: [&str; 4] = [GET, PAGE, PAGE_OF, MOVE];
