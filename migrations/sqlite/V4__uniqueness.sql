-- What must be unique across partitions has a table of its own, keyed by the thing itself.

CREATE TABLE claim (
    kind TEXT NOT NULL,
    claim_key TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (kind, claim_key)
) WITHOUT ROWID;

CREATE TABLE idem (
    fixmedins_code TEXT NOT NULL,
    infno TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    reply BLOB NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (fixmedins_code, infno, idem_key)
);

-- next_serial is the first number nobody was given.
CREATE TABLE serial (
    poolarea_no TEXT NOT NULL,
    day BIGINT NOT NULL,
    next_serial BIGINT NOT NULL CHECK (next_serial > 0),
    PRIMARY KEY (poolarea_no, day)
) WITHOUT ROWID;
