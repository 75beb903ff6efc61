//! Every SQL text of the store, the same for SQLite and PostgreSQL.
//!
//! Serves `plan`, `finders`, `audit` and the engines. Invariants: `$n` parameters only; BIGINT, TEXT and BLOB only; time as
//! microseconds, booleans 0/1; every SELECT of a whole row names the primary key first; `live = 1` stands as a literal,
//! so that the partial index serves it; conflicts show as no row written, never by a constraint's name.

pub(crate) mod consult;
pub(crate) mod filing;
pub(crate) mod mdtrt;
pub(crate) mod reim;
pub(crate) mod stock;

// ---- registers

pub(crate) const APP: &str = "SELECT app_id, body FROM app WHERE app_id = $1";
pub(crate) const APP_PAGE: &str = "SELECT app_id, body FROM app WHERE app_id > $1 ORDER BY app_id LIMIT $2";
pub(crate) const APP_PUT: &str = "INSERT INTO app (app_id, body) VALUES ($1, $2)
    ON CONFLICT (app_id) DO UPDATE SET body = excluded.body";

pub(crate) const FIXMEDINS: &str = "SELECT fixmedins_code, poolarea_no, body FROM fixmedins WHERE fixmedins_code = $1";
pub(crate) const FIXMEDINS_PUT: &str = "INSERT INTO fixmedins (fixmedins_code, poolarea_no, body) VALUES ($1, $2, $3)
    ON CONFLICT (fixmedins_code) DO UPDATE SET poolarea_no = excluded.poolarea_no, body = excluded.body";

pub(crate) const PRACTITIONER: &str =
    "SELECT fixmedins_code, prac_code, body FROM practitioner WHERE fixmedins_code = $1 AND prac_code = $2";
pub(crate) const PRACTITIONERS_OF: &str = "SELECT fixmedins_code, prac_code, body FROM practitioner
    WHERE fixmedins_code = $1 AND prac_code > $2 ORDER BY prac_code LIMIT $3";
pub(crate) const PRACTITIONER_PUT: &str =
    "INSERT INTO practitioner (fixmedins_code, prac_code, body) VALUES ($1, $2, $3)
    ON CONFLICT (fixmedins_code, prac_code) DO UPDATE SET body = excluded.body";

pub(crate) const PERSON: &str = "SELECT poolarea_no, psn_no, body FROM person WHERE poolarea_no = $1 AND psn_no = $2";
pub(crate) const PERSON_BY_KEY: &str = "SELECT k.kind, k.key_text, k.poolarea_no, k.psn_no, p.poolarea_no, p.psn_no,
    p.body FROM person_key k LEFT JOIN person p ON p.poolarea_no = k.poolarea_no AND p.psn_no = k.psn_no
    WHERE k.kind = $1 AND k.key_text = $2";
pub(crate) const PERSON_PUT: &str = "INSERT INTO person (poolarea_no, psn_no, body) VALUES ($1, $2, $3)
    ON CONFLICT (poolarea_no, psn_no) DO UPDATE SET body = excluded.body";
pub(crate) const PERSON_KEYS_DROP: &str = "DELETE FROM person_key WHERE poolarea_no = $1 AND psn_no = $2";
/// Whoever had the key before, by whichever version of the ring: a thing shown names one person.
pub(crate) const PERSON_KEY_FREE: &str = "DELETE FROM person_key
    WHERE kind = $1 AND key_text IN ($2, $3, $4, $5, $6, $7, $8, $9)";
pub(crate) const PERSON_KEY_PUT: &str = "INSERT INTO person_key (kind, key_text, poolarea_no, psn_no)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (kind, key_text) DO UPDATE SET poolarea_no = excluded.poolarea_no, psn_no = excluded.psn_no";

pub(crate) const DRUG: &str =
    "SELECT med_list_codg, from_day, until_day, ver, find_text, dualchnl, oppool, body FROM drug
    WHERE med_list_codg = $1 AND from_day <= $2 AND until_day > $2";
pub(crate) const DRUG_PUT: &str =
    "INSERT INTO drug (med_list_codg, from_day, until_day, ver, find_text, dualchnl, oppool, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (med_list_codg, from_day) DO UPDATE SET until_day = excluded.until_day, ver = excluded.ver,
        find_text = excluded.find_text, dualchnl = excluded.dualchnl, oppool = excluded.oppool, body = excluded.body";
/// `$5` is the day that stands for open.
pub(crate) const DRUG_END: &str = "UPDATE drug SET until_day = $3, ver = $4
    WHERE med_list_codg = $1 AND from_day = $2 AND until_day = $5";
/// A flag below zero asks for nothing.
pub(crate) const DRUG_COUNT: &str = "SELECT COUNT(*) FROM drug WHERE from_day <= $4 AND until_day > $4
    AND find_text LIKE $1 ESCAPE '!' AND ($2 < 0 OR dualchnl = $2) AND ($3 < 0 OR oppool = $3)";
pub(crate) const DRUG_PAGE: &str =
    "SELECT med_list_codg, from_day, until_day, ver, find_text, dualchnl, oppool, body FROM drug
    WHERE from_day <= $4 AND until_day > $4
    AND med_list_codg IN (SELECT med_list_codg FROM drug WHERE from_day <= $4 AND until_day > $4
        AND find_text LIKE $1 ESCAPE '!' AND ($2 < 0 OR dualchnl = $2) AND ($3 < 0 OR oppool = $3)
        ORDER BY med_list_codg LIMIT $5 OFFSET $6)
    ORDER BY med_list_codg";
pub(crate) const DRUG_SINCE: &str =
    "SELECT med_list_codg, from_day, until_day, ver, find_text, dualchnl, oppool, body FROM drug
    WHERE (ver, med_list_codg, from_day) > ($1, $2, $3) ORDER BY ver, med_list_codg, from_day LIMIT $4";

pub(crate) const DRUG_ROWS: &str =
    "SELECT med_list_codg, from_day, until_day, ver, find_text, dualchnl, oppool, body FROM drug
    WHERE med_list_codg = $1 ORDER BY from_day";

// ---- dated lists

pub(crate) const EDITIONS: &str = "SELECT list, edition, from_day, ver, file_sm3, row_cnt, imported_us FROM edition
    WHERE list = $1 ORDER BY ver";
/// Without a target: the name and the version both answer with no row.
pub(crate) const EDITION_NEW: &str =
    "INSERT INTO edition (list, edition, from_day, ver, file_sm3, row_cnt, imported_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

pub(crate) const LIST_ITEM: &str = "SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list = $1 AND item_key = $2 AND from_day <= $3 AND until_day > $3";
/// What a drug's price is compared with: `$1` is its code, `$2` to `$5` its keys in the places of one chain.
pub(crate) const DRUG_PRICS: &str = "SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list = 'pay_std' AND item_key = $1 AND from_day <= $6 AND until_day > $6
    UNION ALL SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list IN ('sel_pric', 'plat_pric') AND item_key IN ($2, $3, $4, $5) AND from_day <= $6 AND until_day > $6";
/// `$2` and `$3` stand around the keys of one first part: `|` ends it, `}` is the sign after that.
pub(crate) const LIST_UNDER: &str = "SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list = $1 AND item_key > $2 AND item_key < $3 AND from_day <= $4 AND until_day > $4 ORDER BY item_key LIMIT $5";
/// `$5` is how a key looks that counts.
pub(crate) const LIST_LIKE: &str = "SELECT item_key FROM list_item WHERE list = $1 AND item_key > $2 AND item_key < $3
    AND from_day <= $4 AND until_day > $4 AND item_key LIKE $5 LIMIT 1";
pub(crate) const LIST_PAGE: &str = "SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list = $1 AND item_key > $2 AND from_day <= $3 AND until_day > $3 ORDER BY item_key LIMIT $4";
pub(crate) const LIST_SINCE: &str = "SELECT list, item_key, from_day, until_day, ver, body FROM list_item
    WHERE list = $1 AND (ver, item_key, from_day) > ($2, $3, $4) ORDER BY ver, item_key, from_day LIMIT $5";
pub(crate) const LIST_ITEM_PUT: &str = "INSERT INTO list_item (list, item_key, from_day, until_day, ver, body)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (list, item_key, from_day) DO UPDATE SET until_day = excluded.until_day, ver = excluded.ver,
        body = excluded.body";
/// `$6` is the day that stands for open.
pub(crate) const LIST_ITEM_END: &str = "UPDATE list_item SET until_day = $4, ver = $5
    WHERE list = $1 AND item_key = $2 AND from_day = $3 AND until_day = $6";

// ---- grants

pub(crate) const GRANTS: &str = "SELECT admdvs, provision, grant_no, from_day, until_day, body FROM grant_given
    WHERE admdvs = $1 ORDER BY provision, grant_no LIMIT $2";
pub(crate) const GRANT_NEW: &str = "INSERT INTO grant_given (admdvs, provision, grant_no, from_day, until_day, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (admdvs, provision, grant_no) DO NOTHING";
/// `$6` is where it must still end.
pub(crate) const GRANT_END: &str = "UPDATE grant_given SET until_day = $4, body = $5
    WHERE admdvs = $1 AND provision = $2 AND grant_no = $3 AND until_day = $6";

// ---- duty

pub(crate) const DUTY: &str = "SELECT fixmedins_code, at_us, phar_code, mark FROM duty
    WHERE fixmedins_code = $1 AND at_us >= $2 AND at_us < $3 ORDER BY at_us, phar_code, mark LIMIT $4";
pub(crate) const DUTY_NEW: &str = "INSERT INTO duty (fixmedins_code, at_us, phar_code, mark)
    VALUES ($1, $2, $3, $4) ON CONFLICT (fixmedins_code, at_us, phar_code, mark) DO NOTHING";

// ---- memos

pub(crate) const MEMOS: &str = "SELECT poolarea_no, topic, memo_key, memo_no, body FROM memo
    WHERE poolarea_no = $1 AND topic = $2 AND (memo_key, memo_no) > ($3, $4) ORDER BY memo_key, memo_no LIMIT $5";
pub(crate) const MEMO_NEW: &str = "INSERT INTO memo (poolarea_no, topic, memo_key, memo_no, body)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (poolarea_no, topic, memo_key, memo_no) DO NOTHING";

// ---- prescriptions

pub(crate) const RX: &str = "SELECT poolarea_no, hi_rxno, seq, head, phase, live, psn_no, fixmedins_code, prsc_us,
    vali_end_us, opened, state FROM rx WHERE poolarea_no = $1 AND hi_rxno = $2";
pub(crate) const RX_OF_PERSON: &str = "SELECT poolarea_no, hi_rxno, seq, head, phase, live, psn_no, fixmedins_code,
    prsc_us, vali_end_us, opened, state FROM rx WHERE poolarea_no = $1 AND psn_no = $2 AND live = 1
    ORDER BY prsc_us DESC, hi_rxno DESC LIMIT $3";
pub(crate) const RX_SCAN: &str = "SELECT poolarea_no, hi_rxno, seq, head, phase, live, psn_no, fixmedins_code, prsc_us,
    vali_end_us, opened, state FROM rx WHERE poolarea_no = $1 AND hi_rxno > $2 ORDER BY hi_rxno LIMIT $3";
/// Where a full page of prescriptions ends.
pub(crate) const RX_PAGE_END: &str = "SELECT hi_rxno FROM rx WHERE poolarea_no = $1 AND hi_rxno > $2
    ORDER BY hi_rxno LIMIT 1 OFFSET $3";
/// Where the last page ends; null past it.
pub(crate) const RX_LAST: &str = "SELECT MAX(hi_rxno) FROM rx WHERE poolarea_no = $1 AND hi_rxno > $2";
/// What was pre-checked.
pub(crate) const RX_CASES: &str = "SELECT poolarea_no, hi_rxno, body FROM rx_content
    WHERE poolarea_no = $1 AND hi_rxno > $2 AND hi_rxno <= $3 ORDER BY hi_rxno";
pub(crate) const RX_NEW: &str = "INSERT INTO rx (poolarea_no, hi_rxno, seq, head, phase, live, psn_no, fixmedins_code,
    prsc_us, vali_end_us, opened, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (poolarea_no, hi_rxno) DO NOTHING";
pub(crate) const RX_MOVE: &str = "UPDATE rx SET seq = $3, head = $4, phase = $5, live = $6, state = $7
    WHERE poolarea_no = $1 AND hi_rxno = $2 AND seq = $8";

pub(crate) const RX_CONTENT: &str =
    "SELECT poolarea_no, hi_rxno, body FROM rx_content WHERE poolarea_no = $1 AND hi_rxno = $2";
pub(crate) const RX_CONTENT_NEW: &str = "INSERT INTO rx_content (poolarea_no, hi_rxno, body) VALUES ($1, $2, $3)
    ON CONFLICT (poolarea_no, hi_rxno) DO NOTHING";

pub(crate) const RX_FILE: &str =
    "SELECT poolarea_no, hi_rxno, base64 FROM rx_file WHERE poolarea_no = $1 AND hi_rxno = $2";
pub(crate) const RX_FILE_NEW: &str = "INSERT INTO rx_file (poolarea_no, hi_rxno, base64) VALUES ($1, $2, $3)
    ON CONFLICT (poolarea_no, hi_rxno) DO NOTHING";

pub(crate) const RX_EVENTS: &str = "SELECT poolarea_no, hi_rxno, seq, at_us, body, hash FROM rx_event
    WHERE poolarea_no = $1 AND hi_rxno = $2 ORDER BY seq";
pub(crate) const RX_EVENT_NEW: &str = "INSERT INTO rx_event (poolarea_no, hi_rxno, seq, at_us, body, hash)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (poolarea_no, hi_rxno, seq) DO NOTHING";

pub(crate) const BATCH: &str = "SELECT poolarea_no, batch_no, fixmedins_code, expires_us, taken, body FROM auth_batch
    WHERE poolarea_no = $1 AND batch_no = $2";
pub(crate) const BATCH_NEW: &str =
    "INSERT INTO auth_batch (poolarea_no, batch_no, fixmedins_code, expires_us, taken, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (poolarea_no, batch_no) DO NOTHING";
/// A batch takes once; a repeated download commits nothing.
pub(crate) const BATCH_TAKE: &str = "UPDATE auth_batch SET fixmedins_code = $3, expires_us = $4, taken = $5, body = $6
    WHERE poolarea_no = $1 AND batch_no = $2 AND taken IS NULL";

// ---- settlements

pub(crate) const SETL: &str = "SELECT s.poolarea_no, s.setl_id, s.fixmedins_code, s.hi_rxno, s.setl_us, s.refd_setl_id,
    s.body, (SELECT r.setl_id FROM setl r WHERE r.poolarea_no = s.poolarea_no AND r.refd_setl_id = s.setl_id)
    FROM setl s WHERE s.fixmedins_code = $1 AND s.setl_id = $2 LIMIT 1";
pub(crate) const SETL_SCAN: &str = "SELECT s.poolarea_no, s.setl_id, s.fixmedins_code, s.hi_rxno, s.setl_us,
    s.refd_setl_id, s.body,
    (SELECT r.setl_id FROM setl r WHERE r.poolarea_no = s.poolarea_no AND r.refd_setl_id = s.setl_id)
    FROM setl s WHERE s.poolarea_no = $1 AND s.setl_id > $2 ORDER BY s.setl_id LIMIT $3";
/// Where a full page of settlements ends.
pub(crate) const SETL_PAGE_END: &str = "SELECT setl_id FROM setl WHERE poolarea_no = $1 AND setl_id > $2
    ORDER BY setl_id LIMIT 1 OFFSET $3";
/// Where the last page ends; null past it.
pub(crate) const SETL_LAST: &str = "SELECT MAX(setl_id) FROM setl WHERE poolarea_no = $1 AND setl_id > $2";
pub(crate) const SETLS_OF: &str = "SELECT s.poolarea_no, s.setl_id, s.fixmedins_code, s.hi_rxno, s.setl_us,
    s.refd_setl_id, s.body, CAST(NULL AS TEXT)
    FROM setl s WHERE s.fixmedins_code = $1 AND (s.setl_us, s.setl_id) > ($2, $3) AND s.setl_us < $4
    ORDER BY s.setl_us, s.setl_id LIMIT $5";
pub(crate) const SETL_EXISTS: &str =
    "SELECT setl_id FROM setl WHERE poolarea_no = $1 AND setl_id = $2 AND fixmedins_code = $3";
/// Without a target: the primary key and the one reversal both answer with no row.
pub(crate) const SETL_NEW: &str =
    "INSERT INTO setl (poolarea_no, setl_id, fixmedins_code, hi_rxno, setl_us, refd_setl_id,
    body) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

pub(crate) const ACCUM: &str = "SELECT poolarea_no, psn_no, year, scheme, version, body FROM accum
    WHERE poolarea_no = $1 AND psn_no = $2 AND year = $3 AND scheme = $4";
pub(crate) const ACCUM_SCAN_FIRST: &str = "SELECT poolarea_no, psn_no, year, scheme, version, body FROM accum
    WHERE poolarea_no = $1 ORDER BY psn_no, year, scheme LIMIT $2";
pub(crate) const ACCUM_SCAN: &str = "SELECT poolarea_no, psn_no, year, scheme, version, body FROM accum
    WHERE poolarea_no = $1 AND (psn_no, year, scheme) > ($2, $3, $4) ORDER BY psn_no, year, scheme LIMIT $5";
pub(crate) const ACCUM_NEW: &str = "INSERT INTO accum (poolarea_no, psn_no, year, scheme, version, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (poolarea_no, psn_no, year, scheme) DO NOTHING";
pub(crate) const ACCUM_MOVE: &str = "UPDATE accum SET version = $5, body = $6
    WHERE poolarea_no = $1 AND psn_no = $2 AND year = $3 AND scheme = $4 AND version = $7";

pub(crate) const ACCT: &str = "SELECT poolarea_no, psn_no, opening_fen, balc_fen, version FROM acct
    WHERE poolarea_no = $1 AND psn_no = $2";
pub(crate) const ACCT_SCAN: &str = "SELECT poolarea_no, psn_no, opening_fen, balc_fen, version FROM acct
    WHERE poolarea_no = $1 AND psn_no > $2 ORDER BY psn_no LIMIT $3";
pub(crate) const ACCT_NEW: &str = "INSERT INTO acct (poolarea_no, psn_no, opening_fen, balc_fen, version)
    VALUES ($1, $2, $3, $3, 1) ON CONFLICT (poolarea_no, psn_no) DO NOTHING";
pub(crate) const ACCT_MOVE: &str = "UPDATE acct SET balc_fen = $3, version = version + 1
    WHERE poolarea_no = $1 AND psn_no = $2 AND version = $4";

// ---- uniqueness

pub(crate) const CLAIM: &str = "SELECT kind, claim_key, owner FROM claim WHERE kind = $1 AND claim_key = $2";
pub(crate) const CLAIM_SCAN: &str = "SELECT kind, claim_key, owner FROM claim WHERE kind = $1 AND claim_key > $2
    ORDER BY claim_key LIMIT $3";
pub(crate) const CLAIM_UPTO: &str = "SELECT kind, claim_key, owner FROM claim WHERE kind = $1 AND claim_key <= $2
    ORDER BY claim_key DESC LIMIT 1";
pub(crate) const CLAIM_NEW: &str = "INSERT INTO claim (kind, claim_key, owner) VALUES ($1, $2, $3)
    ON CONFLICT (kind, claim_key) DO NOTHING";
pub(crate) const CLAIM_DROP: &str = "DELETE FROM claim WHERE kind = $1 AND claim_key = $2 AND owner = $3";

pub(crate) const IDEM: &str = "SELECT fixmedins_code, infno, idem_key, digest, reply, at_us FROM idem
    WHERE fixmedins_code = $1 AND infno = $2 AND idem_key = $3";
pub(crate) const IDEM_NEW: &str = "INSERT INTO idem (fixmedins_code, infno, idem_key, digest, reply, at_us)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (fixmedins_code, infno, idem_key) DO NOTHING";

/// Counts from 1; `$3` = 1 + `$4`.
pub(crate) const SERIALS: &str = "INSERT INTO serial (poolarea_no, day, next_serial) VALUES ($1, $2, $3)
    ON CONFLICT (poolarea_no, day) DO UPDATE SET next_serial = serial.next_serial + $4
    RETURNING poolarea_no, day, next_serial";

// ---- sealed values

pub(crate) const SEALED_BY: &str = "SELECT version, probe FROM sealed_by ORDER BY version";
pub(crate) const SEALED_BY_NEW: &str = "INSERT INTO sealed_by (version, probe) VALUES ($1, $2)
    ON CONFLICT (version) DO NOTHING";
pub(crate) const SEALED_BY_DROP: &str = "DELETE FROM sealed_by WHERE version = $1";

/// A page of a sealed column in key order: after a key, the head of what the newest version seals, how many. What that
/// version sealed already is left out of the answer, so that only its key travels.
macro_rules! sweep_page {
    ($table:literal, $column:literal, $keys:literal, $after:literal, $head:literal, $limit:literal) => {
        concat!(
            "SELECT ",
            $keys,
            ", CASE WHEN substr(",
            $column,
            ", 1, 5) = ",
            $head,
            " THEN NULL ELSE ",
            $column,
            " END FROM ",
            $table,
            " WHERE (",
            $keys,
            ") > (",
            $after,
            ") ORDER BY ",
            $keys,
            " LIMIT ",
            $limit
        )
    };
}
pub(crate) const APP_SWEEP: &str = sweep_page!("app", "body", "app_id", "$1", "$2", "$3");
pub(crate) const APP_RESEAL: &str = "UPDATE app SET body = $2 WHERE app_id = $1 AND body = $3";
pub(crate) const FIXMEDINS_SWEEP: &str = sweep_page!("fixmedins", "body", "fixmedins_code", "$1", "$2", "$3");
pub(crate) const FIXMEDINS_RESEAL: &str = "UPDATE fixmedins SET body = $2 WHERE fixmedins_code = $1 AND body = $3";
pub(crate) const PRACTITIONER_SWEEP: &str =
    sweep_page!("practitioner", "body", "fixmedins_code, prac_code", "$1, $2", "$3", "$4");
pub(crate) const PRACTITIONER_RESEAL: &str =
    "UPDATE practitioner SET body = $3 WHERE fixmedins_code = $1 AND prac_code = $2 AND body = $4";
pub(crate) const PERSON_SWEEP: &str = sweep_page!("person", "body", "poolarea_no, psn_no", "$1, $2", "$3", "$4");
pub(crate) const PERSON_RESEAL: &str =
    "UPDATE person SET body = $3 WHERE poolarea_no = $1 AND psn_no = $2 AND body = $4";
pub(crate) const RX_SWEEP: &str = sweep_page!("rx", "state", "poolarea_no, hi_rxno", "$1, $2", "$3", "$4");
pub(crate) const RX_RESEAL: &str = "UPDATE rx SET state = $3 WHERE poolarea_no = $1 AND hi_rxno = $2 AND state = $4";
pub(crate) const RX_CONTENT_SWEEP: &str =
    sweep_page!("rx_content", "body", "poolarea_no, hi_rxno", "$1, $2", "$3", "$4");
pub(crate) const RX_CONTENT_RESEAL: &str =
    "UPDATE rx_content SET body = $3 WHERE poolarea_no = $1 AND hi_rxno = $2 AND body = $4";
pub(crate) const RX_FILE_SWEEP: &str = sweep_page!("rx_file", "base64", "poolarea_no, hi_rxno", "$1, $2", "$3", "$4");
pub(crate) const RX_FILE_RESEAL: &str =
    "UPDATE rx_file SET base64 = $3 WHERE poolarea_no = $1 AND hi_rxno = $2 AND base64 = $4";
pub(crate) const RX_EVENT_SWEEP: &str =
    sweep_page!("rx_event", "body", "poolarea_no, hi_rxno, seq", "$1, $2, $3", "$4", "$5");
pub(crate) const RX_EVENT_RESEAL: &str =
    "UPDATE rx_event SET body = $4 WHERE poolarea_no = $1 AND hi_rxno = $2 AND seq = $3 AND body = $5";
pub(crate) const BATCH_SWEEP: &str = sweep_page!("auth_batch", "body", "poolarea_no, batch_no", "$1, $2", "$3", "$4");
pub(crate) const BATCH_RESEAL: &str =
    "UPDATE auth_batch SET body = $3 WHERE poolarea_no = $1 AND batch_no = $2 AND body = $4";
pub(crate) const IDEM_SWEEP: &str =
    sweep_page!("idem", "reply", "fixmedins_code, infno, idem_key", "$1, $2, $3", "$4", "$5");
pub(crate) const IDEM_RESEAL: &str =
    "UPDATE idem SET reply = $4 WHERE fixmedins_code = $1 AND infno = $2 AND idem_key = $3 AND reply = $5";
pub(crate) const OUTBOX_SWEEP: &str =
    sweep_page!("outbox", "body", "poolarea_no, hi_rxno, seq", "$1, $2, $3", "$4", "$5");
pub(crate) const OUTBOX_RESEAL: &str =
    "UPDATE outbox SET body = $4 WHERE poolarea_no = $1 AND hi_rxno = $2 AND seq = $3 AND body = $5";
pub(crate) const STOCK_MOVE_SWEEP: &str =
    sweep_page!("stock_move", "body", "fixmedins_code, fixmedins_bchno, seq", "$1, $2, $3", "$4", "$5");
pub(crate) const STOCK_MOVE_RESEAL: &str =
    "UPDATE stock_move SET body = $4 WHERE fixmedins_code = $1 AND fixmedins_bchno = $2 AND seq = $3 AND body = $5";
pub(crate) const SUPPLY_CASE_SWEEP: &str =
    sweep_page!("supply_case", "body", "fixmedins_code, case_no", "$1, $2", "$3", "$4");
pub(crate) const SUPPLY_CASE_RESEAL: &str =
    "UPDATE supply_case SET body = $3 WHERE fixmedins_code = $1 AND case_no = $2 AND body = $4";
pub(crate) const DRUG_COURSE_SWEEP: &str =
    sweep_page!("drug_course", "body", "poolarea_no, psn_no, hi_rxno", "$1, $2, $3", "$4", "$5");
pub(crate) const DRUG_COURSE_RESEAL: &str =
    "UPDATE drug_course SET body = $4 WHERE poolarea_no = $1 AND psn_no = $2 AND hi_rxno = $3 AND body = $5";
pub(crate) const FILE_SWEEP: &str = sweep_page!("file", "body", "fixmedins_code, file_qury_no", "$1, $2", "$3", "$4");
pub(crate) const FILE_RESEAL: &str =
    "UPDATE file SET body = $3 WHERE fixmedins_code = $1 AND file_qury_no = $2 AND body = $4";
pub(crate) const FILING_SWEEP: &str =
    sweep_page!("psn_filing", "body", "poolarea_no, psn_no, filing_no", "$1, $2, $3", "$4", "$5");
pub(crate) const FILING_RESEAL: &str =
    "UPDATE psn_filing SET body = $4 WHERE poolarea_no = $1 AND psn_no = $2 AND filing_no = $3 AND body = $5";

pub(crate) const REIM_SWEEP: &str = sweep_page!("reim", "body", "poolarea_no, reim_no", "$1, $2", "$3", "$4");
pub(crate) const REIM_RESEAL: &str = "UPDATE reim SET body = $3 WHERE poolarea_no = $1 AND reim_no = $2 AND body = $4";
pub(crate) const MDTRT_SWEEP: &str = sweep_page!("mdtrt", "body", "fixmedins_code, mdtrt_id", "$1, $2", "$3", "$4");
pub(crate) const MDTRT_RESEAL: &str =
    "UPDATE mdtrt SET body = $3 WHERE fixmedins_code = $1 AND mdtrt_id = $2 AND body = $4";

/// Look-up keys with the person whose they are; `$4` is the pattern of those that need no work.
pub(crate) const PERSON_KEY_SWEEP: &str = "SELECT k.kind, k.key_text, k.poolarea_no, k.psn_no,
    CASE WHEN k.key_text LIKE $4 THEN NULL ELSE p.body END
    FROM person_key k LEFT JOIN person p ON p.poolarea_no = k.poolarea_no AND p.psn_no = k.psn_no
    WHERE (k.kind, k.key_text) > ($1, $2) ORDER BY k.kind, k.key_text LIMIT $3";
pub(crate) const PERSON_KEY_RESEAL: &str = "UPDATE person_key SET key_text = $5
    WHERE kind = $1 AND key_text = $2 AND poolarea_no = $3 AND psn_no = $4";
/// Where the newest version's key was put meanwhile, the older one goes.
pub(crate) const PERSON_KEY_DOUBLE: &str = "DELETE FROM person_key WHERE kind = $1 AND key_text = $2
    AND EXISTS (SELECT 1 FROM person_key n WHERE n.kind = $1 AND n.key_text = $3)";

// ---- outbox

pub(crate) const OUTBOX_NEW: &str = "INSERT INTO outbox (poolarea_no, hi_rxno, seq, fixmedins_code, kind, written_us,
    body) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (poolarea_no, hi_rxno, seq) DO NOTHING";
/// Counted in the row itself: who delivers the last letter meanwhile waits for this row, and sees one more.
pub(crate) const OUTBOX_QUEUE_PUT: &str =
    "INSERT INTO outbox_queue (poolarea_no, hi_rxno, fixmedins_code, letters, turn,
    dead, due_us, since_us, tried, why) VALUES ($1, $2, $3, 1, $4, 0, $4, $4, 0, '')
    ON CONFLICT (poolarea_no, hi_rxno) DO UPDATE SET letters = outbox_queue.letters + 1";
pub(crate) const OUTBOX_DUE: &str = "SELECT poolarea_no, hi_rxno, turn, since_us, tried FROM outbox_queue
    WHERE dead = 0 AND due_us <= $1 ORDER BY due_us LIMIT $2";
pub(crate) const OUTBOX_NEXT_DUE: &str = "SELECT MIN(due_us) FROM outbox_queue WHERE dead = 0";
pub(crate) const OUTBOX_CLAIM: &str = "UPDATE outbox_queue SET due_us = $4, turn = turn + 1
    WHERE poolarea_no = $1 AND hi_rxno = $2 AND turn = $3 AND dead = 0";
pub(crate) const OUTBOX_FIRST: &str = "SELECT poolarea_no, hi_rxno, seq, fixmedins_code, kind, written_us, body
    FROM outbox WHERE poolarea_no = $1 AND hi_rxno = $2 ORDER BY seq LIMIT 1";
pub(crate) const OUTBOX_DONE: &str = "UPDATE outbox_queue SET letters = letters - 1, turn = turn + 1, due_us = $4,
    since_us = $4, tried = 0, why = '' WHERE poolarea_no = $1 AND hi_rxno = $2 AND turn = $3 AND dead = 0";
/// The oldest one only.
pub(crate) const OUTBOX_DELETE: &str = "DELETE FROM outbox WHERE poolarea_no = $1 AND hi_rxno = $2 AND seq = $3
    AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.poolarea_no = $1 AND f.hi_rxno = $2 AND f.seq < $3)";
pub(crate) const OUTBOX_QUEUE_END: &str =
    "DELETE FROM outbox_queue WHERE poolarea_no = $1 AND hi_rxno = $2 AND letters = 0";
pub(crate) const OUTBOX_FAILED: &str = "UPDATE outbox_queue SET tried = tried + 1, turn = turn + 1, dead = $4,
    due_us = $5, why = $6 WHERE poolarea_no = $1 AND hi_rxno = $2 AND turn = $3 AND dead = 0";
pub(crate) const OUTBOX_REST: &str =
    "UPDATE outbox_queue SET due_us = $2 WHERE dead = 0 AND fixmedins_code = $1 AND due_us < $2";
pub(crate) const OUTBOX_RESEND: &str = "UPDATE outbox_queue SET turn = turn + 1, dead = 0, due_us = $3, since_us = $3,
    tried = 0 WHERE poolarea_no = $1 AND hi_rxno = $2 AND dead = 1";
pub(crate) const OUTBOX_GIVE_UP: &str = "UPDATE outbox_queue SET letters = letters - 1, turn = turn + 1, dead = 0,
    due_us = $3, since_us = $3, tried = 0, why = '' WHERE poolarea_no = $1 AND hi_rxno = $2 AND dead = 1";
pub(crate) const OUTBOX_DROPPED_NEW: &str = "INSERT INTO outbox_dropped (poolarea_no, hi_rxno, seq, fixmedins_code,
    dropped_us, reason) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (poolarea_no, hi_rxno, seq) DO NOTHING";
pub(crate) const OUTBOX_DROPPED: &str = "SELECT poolarea_no, hi_rxno, seq, fixmedins_code, dropped_us, reason
    FROM outbox_dropped WHERE poolarea_no = $1 AND hi_rxno = $2 ORDER BY seq";
/// A queue with its oldest letter; the three lists below differ only in whose.
pub(crate) const OUTBOX_PAGE: &str = "SELECT q.poolarea_no, q.hi_rxno, q.fixmedins_code, q.letters, q.dead, q.due_us,
    q.tried, q.why, o.seq, o.kind, o.written_us FROM outbox_queue q LEFT JOIN outbox o
    ON o.poolarea_no = q.poolarea_no AND o.hi_rxno = q.hi_rxno AND o.seq = (SELECT MIN(f.seq) FROM outbox f
        WHERE f.poolarea_no = q.poolarea_no AND f.hi_rxno = q.hi_rxno)
    WHERE q.dead = $1 AND (q.fixmedins_code, q.poolarea_no, q.hi_rxno) > ($2, $3, $4)
    ORDER BY q.fixmedins_code, q.poolarea_no, q.hi_rxno LIMIT $5";
pub(crate) const OUTBOX_PAGE_OF: &str =
    "SELECT q.poolarea_no, q.hi_rxno, q.fixmedins_code, q.letters, q.dead, q.due_us,
    q.tried, q.why, o.seq, o.kind, o.written_us FROM outbox_queue q LEFT JOIN outbox o
    ON o.poolarea_no = q.poolarea_no AND o.hi_rxno = q.hi_rxno AND o.seq = (SELECT MIN(f.seq) FROM outbox f
        WHERE f.poolarea_no = q.poolarea_no AND f.hi_rxno = q.hi_rxno)
    WHERE q.dead = $1 AND q.fixmedins_code = $2 AND (q.poolarea_no, q.hi_rxno) > ($3, $4)
    ORDER BY q.poolarea_no, q.hi_rxno LIMIT $5";
pub(crate) const OUTBOX_OF: &str = "SELECT q.poolarea_no, q.hi_rxno, q.fixmedins_code, q.letters, q.dead, q.due_us,
    q.tried, q.why, o.seq, o.kind, o.written_us FROM outbox_queue q LEFT JOIN outbox o
    ON o.poolarea_no = q.poolarea_no AND o.hi_rxno = q.hi_rxno AND o.seq = (SELECT MIN(f.seq) FROM outbox f
        WHERE f.poolarea_no = q.poolarea_no AND f.hi_rxno = q.hi_rxno)
    WHERE q.poolarea_no = $1 AND q.hi_rxno = $2";

// ---- files

pub(crate) const FILE: &str = "SELECT fixmedins_code, file_qury_no, row_cnt, until_us, body
    FROM file
    WHERE fixmedins_code = $1 AND file_qury_no = $2";
pub(crate) const FILE_HEAD: &str = "SELECT fixmedins_code, file_qury_no, row_cnt, until_us FROM file
    WHERE fixmedins_code = $1 AND file_qury_no = $2";
pub(crate) const FILE_COUNT: &str = "SELECT COUNT(*) FROM file WHERE fixmedins_code = $1 AND until_us > $2";
pub(crate) const FILE_NEW: &str = "INSERT INTO file
    (fixmedins_code, file_qury_no, row_cnt, until_us, body) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (fixmedins_code, file_qury_no) DO NOTHING";
pub(crate) const FILE_DROP: &str = "DELETE FROM file WHERE fixmedins_code = $1 AND until_us <= $2";

// ---- matches of lists

pub(crate) const MATCH_SINCE: &str = "SELECT fixmedins_code, list_type, fixmedins_hilist_id, med_list_codg, begn_day,
    end_day, crte_us, updt_us, vali, body FROM list_match
    WHERE fixmedins_code = $1 AND (updt_us, list_type, fixmedins_hilist_id, med_list_codg) > ($2, $3, $4, $5)
    ORDER BY updt_us, list_type, fixmedins_hilist_id, med_list_codg LIMIT $6";
pub(crate) const MATCH_PUT: &str = "INSERT INTO list_match (fixmedins_code, list_type, fixmedins_hilist_id,
    med_list_codg, begn_day, end_day, crte_us, updt_us, vali, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
    ON CONFLICT (fixmedins_code, list_type, fixmedins_hilist_id, med_list_codg) DO UPDATE SET
        begn_day = excluded.begn_day, end_day = excluded.end_day, updt_us = excluded.updt_us, vali = 1,
        body = excluded.body";
pub(crate) const MATCH_WITHDRAW: &str = "UPDATE list_match SET vali = 0, updt_us = $5 WHERE fixmedins_code = $1
    AND list_type = $2 AND fixmedins_hilist_id = $3 AND med_list_codg = $4 AND vali = 1";

// ---- partitions

/// The next 统筹区 of each partitioned table: one step in an index each, however many rows there are.
pub(crate) const NEXT_POOL: [&str; 8] = [
    "SELECT MIN(poolarea_no) FROM memo WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM rx WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM auth_batch WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM setl WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM accum WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM acct WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM mdtrt WHERE poolarea_no > $1",
    "SELECT MIN(poolarea_no) FROM reim WHERE poolarea_no > $1",
];

// ---- transactions

pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(crate) const COMMIT: &str = "COMMIT";
pub(crate) const ROLLBACK: &str = "ROLLBACK";
pub(crate) const SAVE: &str = "SAVEPOINT command";
pub(crate) const RELEASE: &str = "RELEASE SAVEPOINT command";
pub(crate) const BACK: &str = "ROLLBACK TO SAVEPOINT command";

#[cfg(test)]
mod tests {
    use super::*;

    /// This very file: the texts are judged where they are written.
    const TEXT: &str = include_str!("sql.rs");

    /// Every question but the search of the catalogue by a part of a name.
    const QUESTIONS: [&str; 87] = [
        DUTY,
        LIST_LIKE,
        SUPPLY_CASE_SWEEP,
        PRACTITIONERS_OF,
        FILING_SWEEP,
        DRUG_PRICS,
        MEMOS,
        APP,
        APP_PAGE,
        FIXMEDINS,
        PRACTITIONER,
        PERSON,
        PERSON_BY_KEY,
        PERSON_KEYS_DROP,
        DRUG,
        DRUG_END,
        DRUG_SINCE,
        DRUG_ROWS,
        EDITIONS,
        LIST_ITEM,
        LIST_PAGE,
        LIST_SINCE,
        LIST_ITEM_END,
        RX,
        RX_OF_PERSON,
        RX_SCAN,
        RX_PAGE_END,
        RX_LAST,
        RX_CASES,
        RX_MOVE,
        RX_CONTENT,
        RX_FILE,
        RX_EVENTS,
        BATCH,
        SETL,
        SETL_SCAN,
        SETL_PAGE_END,
        SETL_LAST,
        SETL_EXISTS,
        ACCUM,
        ACCUM_SCAN,
        ACCT,
        ACCT_SCAN,
        CLAIM_SCAN,
        CLAIM_UPTO,
        IDEM,
        PERSON_KEY_FREE,
        APP_SWEEP,
        FIXMEDINS_SWEEP,
        PRACTITIONER_SWEEP,
        PERSON_SWEEP,
        RX_SWEEP,
        RX_RESEAL,
        RX_CONTENT_SWEEP,
        RX_FILE_SWEEP,
        RX_EVENT_SWEEP,
        BATCH_SWEEP,
        IDEM_SWEEP,
        OUTBOX_SWEEP,
        STOCK_MOVE_SWEEP,
        MDTRT_SWEEP,
        REIM_SWEEP,
        DRUG_COURSE_SWEEP,
        PERSON_KEY_SWEEP,
        PERSON_KEY_RESEAL,
        PERSON_KEY_DOUBLE,
        OUTBOX_DUE,
        OUTBOX_NEXT_DUE,
        OUTBOX_CLAIM,
        OUTBOX_FIRST,
        OUTBOX_DONE,
        OUTBOX_DELETE,
        OUTBOX_QUEUE_END,
        OUTBOX_FAILED,
        OUTBOX_REST,
        OUTBOX_RESEND,
        OUTBOX_DROPPED,
        OUTBOX_PAGE,
        OUTBOX_PAGE_OF,
        OUTBOX_OF,
        FILE,
        FILE_HEAD,
        FILE_COUNT,
        FILE_DROP,
        FILE_SWEEP,
        MATCH_SINCE,
        MATCH_WITHDRAW,
    ];

    #[test]
    fn every_question_is_answered_by_an_index_in_its_order() {
        let conn = rusqlite::Connection::open("").unwrap();
        crate::schema::build(&conn).unwrap();
        let apart = stock::QUESTIONS
            .into_iter()
            .chain(filing::QUESTIONS)
            .chain(mdtrt::QUESTIONS)
            .chain(reim::QUESTIONS)
            .chain(consult::QUESTIONS);
        for text in QUESTIONS.into_iter().chain(NEXT_POOL).chain(apart) {
            let explain = format!("EXPLAIN QUERY PLAN {}", text.replace('$', "?"));
            let mut statement = conn.prepare(&explain).unwrap();
            let count = statement.parameter_count();
            let params = rusqlite::params_from_iter(vec![0; count]);
            let steps = statement.query_map(params, |row| row.get::<_, String>(3)).unwrap();
            for step in steps.map(Result::unwrap) {
                assert!(!step.contains("SCAN") && !step.contains("TEMP B-TREE"), "{text}: {step}");
            }
        }
    }

    #[test]
    fn the_texts_stay_engine_neutral() {
        let texts = TEXT.split("#[cfg(test)]").next().unwrap().to_ascii_uppercase()
            + &include_str!("sql/stock.rs").to_ascii_uppercase()
            + &include_str!("sql/mdtrt.rs").to_ascii_uppercase()
            + &include_str!("sql/reim.rs").to_ascii_uppercase()
            + &include_str!("sql/consult.rs").to_ascii_uppercase()
            + &include_str!("sql/filing.rs").to_ascii_uppercase();
        // A module whose texts are not read here would be neutral unseen.
        let modules =
            TEXT.lines().filter(|line| line.starts_with("pub(crate) mod ") || line.starts_with("mod ")).count();
        assert_eq!(modules - usize::from(TEXT.contains("\nmod tests")), 5);
        for word in [" NOW(", "CURRENT_", "AUTOINCREMENT", "REPLACE INTO", "OR IGNORE", "IFNULL", "::", "ARRAY["] {
            assert!(!texts.contains(word), "{word}");
        }
        assert!(!texts.replace("`?N`", "").contains("?1"), "parameters are $n");
    }
}
