-- What must be unique across partitions has a table of its own, keyed by the thing itself.

CREATE TABLE claim (
    kind TEXT COLLATE "C" NOT NULL,
    claim_key TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, claim_key)
);

CREATE TABLE idem (
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    infno TEXT COLLATE "C" NOT NULL,
    idem_key TEXT COLLATE "C" NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    reply BLOB NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (fixmedins_code, infno, idem_key)
);

-- next_serial is the first number nobody was given.
CREATE TABLE serial (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    next_serial BIGINT NOT NULL CHECK (next_serial > 0),
    PRIMARY KEY (poolarea_no, day)
);
