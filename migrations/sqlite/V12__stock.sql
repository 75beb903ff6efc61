-- 进销存 of institutions (3501–3507). Amounts are whole minimal units; body of a lot is its JSON, body of a move what the
-- row said, sealed, because it names people.

CREATE TABLE stock_lot (
    fixmedins_code TEXT NOT NULL,
    fixmedins_bchno TEXT NOT NULL,
    poolarea_no TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    med_list_codg TEXT NOT NULL,
    fixmedins_hilist_id TEXT NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0),
    body TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code, fixmedins_bchno)
) WITHOUT ROWID;

-- Who in a place has a drug.
CREATE INDEX stock_lot_offer ON stock_lot (poolarea_no, med_list_codg, fixmedins_code, fixmedins_bchno);

-- What an institution has of a drug, or of goods by its own number.
CREATE INDEX stock_lot_drug ON stock_lot (fixmedins_code, med_list_codg, fixmedins_bchno);

CREATE INDEX stock_lot_own ON stock_lot (fixmedins_code, fixmedins_hilist_id, fixmedins_bchno);

-- void_seq: the move that made this one void, 0 while it stands.
CREATE TABLE stock_move (
    fixmedins_code TEXT NOT NULL,
    fixmedins_bchno TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    data_type TEXT NOT NULL,
    doc_no TEXT NOT NULL,
    units BIGINT NOT NULL,
    mdtrt_sn TEXT,
    hi_rxno TEXT,
    psn_no TEXT,
    at_us BIGINT NOT NULL,
    taken_us BIGINT NOT NULL,
    void_seq BIGINT NOT NULL CHECK (void_seq >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    body BLOB NOT NULL,
    PRIMARY KEY (fixmedins_code, fixmedins_bchno, seq)
);

-- A number stands once in its lot and kind; void rows keep theirs apart.
CREATE UNIQUE INDEX stock_move_doc ON stock_move (fixmedins_code, fixmedins_bchno, data_type, void_seq, doc_no);

CREATE INDEX stock_move_visit ON stock_move (fixmedins_code, mdtrt_sn, fixmedins_bchno, seq) WHERE mdtrt_sn IS NOT NULL;

CREATE INDEX stock_move_psn ON stock_move (fixmedins_code, psn_no, fixmedins_bchno, seq) WHERE psn_no IS NOT NULL;

CREATE INDEX stock_move_rx ON stock_move (hi_rxno, fixmedins_code) WHERE hi_rxno IS NOT NULL;

CREATE TABLE stock_code (
    fixmedins_code TEXT NOT NULL,
    drug_trac_codg TEXT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    fixmedins_bchno TEXT NOT NULL,
    life TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code, drug_trac_codg)
) WITHOUT ROWID;

CREATE INDEX stock_code_lot ON stock_code (fixmedins_code, fixmedins_bchno, drug_trac_codg);

-- Codes that were sold before and are sold again, where the law of the place records that.
CREATE TABLE stock_lead (
    poolarea_no TEXT NOT NULL,
    raised_us BIGINT NOT NULL,
    drug_trac_codg TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    fixmedins_bchno TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    holder TEXT NOT NULL,
    PRIMARY KEY (poolarea_no, raised_us, drug_trac_codg, fixmedins_code)
) WITHOUT ROWID;
