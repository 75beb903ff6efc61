-- A prescription, what it says, its file and its history live together in one partition.

CREATE TABLE rx (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    phase TEXT COLLATE "C" NOT NULL,
    live BIGINT NOT NULL CHECK (live IN (0, 1)),
    psn_no TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    prsc_us BIGINT NOT NULL,
    vali_end_us BIGINT NOT NULL,
    opened TEXT COLLATE "C" NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno)
);

-- Small, because a prescription leaves it when it is dispensed or closed.
CREATE INDEX rx_live ON rx (poolarea_no, psn_no, prsc_us, hi_rxno) WHERE live = 1;

CREATE TABLE rx_content (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno),
    FOREIGN KEY (poolarea_no, hi_rxno) REFERENCES rx (poolarea_no, hi_rxno)
);

CREATE TABLE rx_file (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    base64 BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno),
    FOREIGN KEY (poolarea_no, hi_rxno) REFERENCES rx (poolarea_no, hi_rxno)
);

-- body is what the chain covers, byte for byte, sealed; the chain is over the plain text.
CREATE TABLE rx_event (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_us BIGINT NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (poolarea_no, hi_rxno, seq),
    FOREIGN KEY (poolarea_no, hi_rxno) REFERENCES rx (poolarea_no, hi_rxno)
);

CREATE TABLE auth_batch (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    batch_no TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    expires_us BIGINT NOT NULL,
    taken TEXT COLLATE "C",
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, batch_no)
);

-- Sealed bytes do not compress, and a state that moves is cheaper to write with its row than beside it.
ALTER TABLE rx ALTER COLUMN state SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
ALTER TABLE rx_content ALTER COLUMN body SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
ALTER TABLE rx_file ALTER COLUMN base64 SET STORAGE EXTERNAL;
ALTER TABLE rx_event ALTER COLUMN body SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
