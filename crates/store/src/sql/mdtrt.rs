//! The SQL texts of visits (2201–2208), under the rules of `sql`.

pub(crate) const GET: &str = "SELECT fixmedins_code, mdtrt_id, poolarea_no, ver, phase, body FROM mdtrt
    WHERE fixmedins_code = $1 AND mdtrt_id = $2";
pub(crate) const SCAN: &str = "SELECT fixmedins_code, mdtrt_id, poolarea_no, ver, phase, body FROM mdtrt
    WHERE poolarea_no = $1 AND mdtrt_id > $2 ORDER BY mdtrt_id LIMIT $3";
pub(crate) const NEW: &str = "INSERT INTO mdtrt (fixmedins_code, mdtrt_id, poolarea_no, ver, phase, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fixmedins_code, mdtrt_id) DO NOTHING";
pub(crate) const MOVE: &str = "UPDATE mdtrt SET poolarea_no = $3, ver = $4, phase = $5, body = $6
    WHERE fixmedins_code = $1 AND mdtrt_id = $2 AND ver = $7";

/// Every question of this file.
#[cfg(test)]
pub(crate) const QUESTIONS: [&str; 3] = [GET, SCAN, MOVE];
