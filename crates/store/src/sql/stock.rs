//! The SQL texts of goods (3501–3507, 3513), under the rules of `sql`.

/// The columns of a lot.
macro_rules! lot {
    ($rest:literal) => {
        concat!(
            "SELECT fixmedins_code, fixmedins_bchno, poolarea_no, seq, med_list_codg, fixmedins_hilist_id, balance, body
            FROM stock_lot ",
            $rest
        )
    };
}
/// The columns of a move.
macro_rules! moved {
    ($rest:literal) => {
        concat!(
            "SELECT fixmedins_code, fixmedins_bchno, seq, data_type, doc_no, units, mdtrt_sn, hi_rxno, psn_no, at_us,
            taken_us, void_seq, digest, body FROM stock_move ",
            $rest
        )
    };
}

pub(crate) const LOT: &str = lot!("WHERE fixmedins_code = $1 AND fixmedins_bchno = $2");
pub(crate) const LOTS_AFTER: &str =
    lot!("WHERE fixmedins_code = $1 AND fixmedins_bchno > $2 ORDER BY fixmedins_bchno LIMIT $3");
pub(crate) const LOTS_OF_DRUG: &str =
    lot!("WHERE fixmedins_code = $1 AND med_list_codg = $2 AND fixmedins_bchno > $3 ORDER BY fixmedins_bchno LIMIT $4");
pub(crate) const LOTS_OF_OWN: &str = lot!(
    "WHERE fixmedins_code = $1 AND fixmedins_hilist_id = $2 AND fixmedins_bchno > $3 ORDER BY fixmedins_bchno LIMIT $4"
);
pub(crate) const OFFERS: &str = lot!(
    "WHERE poolarea_no = $1 AND med_list_codg = $2 AND (fixmedins_code, fixmedins_bchno) > ($3, $4) AND balance > 0
    ORDER BY fixmedins_code, fixmedins_bchno LIMIT $5"
);
pub(crate) const HOLDER_AFTER: &str = "SELECT MIN(fixmedins_code) FROM stock_lot WHERE fixmedins_code > $1";
pub(crate) const LOT_NEW: &str = "INSERT INTO stock_lot (fixmedins_code, fixmedins_bchno, poolarea_no, seq,
    med_list_codg, fixmedins_hilist_id, balance, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (fixmedins_code, fixmedins_bchno) DO NOTHING";
pub(crate) const LOT_MOVE: &str = "UPDATE stock_lot SET poolarea_no = $3, seq = $4, med_list_codg = $5,
    fixmedins_hilist_id = $6, balance = $7, body = $8 WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND seq = $9";

pub(crate) const DOC: &str = "SELECT fixmedins_code, fixmedins_bchno, data_type, doc_no, digest FROM stock_move
    WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND data_type = $3 AND void_seq = 0 AND doc_no = $4";
/// What went out in a visit and did not come back.
pub(crate) const VISIT: &str = "SELECT CAST(0 - COALESCE(SUM(units), 0) AS BIGINT) FROM stock_move
    WHERE fixmedins_code = $1 AND mdtrt_sn = $3 AND fixmedins_bchno = $2 AND void_seq = 0";
pub(crate) const MOVES_OF_LOT: &str =
    moved!("WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND seq > $3 ORDER BY seq LIMIT $4");
pub(crate) const MOVES_OF_VISIT: &str = moved!(
    "WHERE fixmedins_code = $1 AND mdtrt_sn = $2 AND (fixmedins_bchno, seq) > ($3, $4)
    ORDER BY fixmedins_bchno, seq LIMIT $5"
);
pub(crate) const MOVES_OF_PERSON: &str = moved!(
    "WHERE fixmedins_code = $1 AND psn_no = $2 AND (fixmedins_bchno, seq) > ($3, $4)
    ORDER BY fixmedins_bchno, seq LIMIT $5"
);
pub(crate) const MOVES_OF_RX: &str = moved!("WHERE hi_rxno = $2 AND fixmedins_code = $1 AND void_seq = 0");
pub(crate) const TOLD: &str = "SELECT MAX(taken_us) FROM stock_move WHERE fixmedins_code = $1 AND taken_us <= $2";
pub(crate) const MOVES_TAKEN: &str = moved!(
    "WHERE fixmedins_code = $1 AND (taken_us, fixmedins_bchno, seq) > ($2, $3, $4) AND taken_us < $5
    ORDER BY taken_us, fixmedins_bchno, seq LIMIT $6"
);
pub(crate) const MOVE_NEW: &str = "INSERT INTO stock_move (fixmedins_code, fixmedins_bchno, seq, data_type, doc_no,
    units, mdtrt_sn, hi_rxno, psn_no, at_us, taken_us, void_seq, digest, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13) ON CONFLICT DO NOTHING";
pub(crate) const MOVE_VOID: &str = "UPDATE stock_move SET void_seq = $4
    WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND data_type = $3 AND void_seq = 0";

pub(crate) const CODE: &str = "SELECT fixmedins_code, drug_trac_codg, ver, fixmedins_bchno, life FROM stock_code
    WHERE fixmedins_code = $1 AND drug_trac_codg = $2";
pub(crate) const CODES_OF_LOT: &str = "SELECT fixmedins_code, drug_trac_codg, ver, fixmedins_bchno, life
    FROM stock_code WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND drug_trac_codg > $3
    ORDER BY drug_trac_codg LIMIT $4";
pub(crate) const CODE_NEW: &str = "INSERT INTO stock_code (fixmedins_code, drug_trac_codg, ver, fixmedins_bchno, life)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (fixmedins_code, drug_trac_codg) DO NOTHING";
pub(crate) const CODE_MOVE: &str = "UPDATE stock_code SET ver = $3, fixmedins_bchno = $4, life = $5
    WHERE fixmedins_code = $1 AND drug_trac_codg = $2 AND ver = $6";

pub(crate) const LEADS: &str = "SELECT poolarea_no, raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq,
    holder FROM stock_lead WHERE poolarea_no = $1 AND (raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq) > ($2, $3, $4, $5, $6)
    ORDER BY raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq LIMIT $7";
pub(crate) const LEAD_NEW: &str = "INSERT INTO stock_lead (poolarea_no, raised_us, drug_trac_codg, fixmedins_code,
    fixmedins_bchno, seq, holder) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

/// The columns of a case.
macro_rules! case {
    ($rest:literal) => {
        concat!("SELECT fixmedins_code, case_no, poolarea_no, ver, state, body FROM supply_case ", $rest)
    };
}

pub(crate) const CASE: &str = case!("WHERE fixmedins_code = $1 AND case_no = $2");
pub(crate) const CASES: &str =
    case!("WHERE poolarea_no = $1 AND (fixmedins_code, case_no) > ($2, $3) ORDER BY fixmedins_code, case_no LIMIT $4");
pub(crate) const CASE_NEW: &str = "INSERT INTO supply_case (fixmedins_code, case_no, poolarea_no, ver, state, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fixmedins_code, case_no) DO NOTHING";
pub(crate) const CASE_MOVE: &str = "UPDATE supply_case SET poolarea_no = $3, ver = $4, state = $5, body = $6
    WHERE fixmedins_code = $1 AND case_no = $2 AND ver = $7";

/// Every question of this file.
#[cfg(test)]
pub(crate) const QUESTIONS: [&str; 22] = [
    TOLD,
    MOVES_TAKEN,
    CASE,
    CASES,
    CASE_MOVE,
    LOT,
    LOTS_AFTER,
    LOTS_OF_DRUG,
    LOTS_OF_OWN,
    OFFERS,
    HOLDER_AFTER,
    LOT_MOVE,
    DOC,
    VISIT,
    MOVES_OF_LOT,
    MOVES_OF_VISIT,
    MOVES_OF_PERSON,
    MOVES_OF_RX,
    MOVE_VOID,
    CODE,
    CODES_OF_LOT,
    LEADS,
];
