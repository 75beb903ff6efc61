-- Letters to hospitals (7108, 7109): written in the commit of the event that they tell of, deleted when they arrived.

CREATE TABLE outbox (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    written_us BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno, seq)
);

-- One row for each prescription that has letters, so that only its oldest is ever due, whatever happens to it. A turn is one
-- claim; it begins at the moment of writing, so that no claim of an earlier queue can be taken for one of this.
CREATE TABLE outbox_queue (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    letters BIGINT NOT NULL CHECK (letters >= 0),
    turn BIGINT NOT NULL,
    dead BIGINT NOT NULL CHECK (dead IN (0, 1)),
    due_us BIGINT NOT NULL,
    since_us BIGINT NOT NULL,
    tried BIGINT NOT NULL CHECK (tried >= 0),
    why TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno)
);

CREATE INDEX outbox_queue_due ON outbox_queue (dead, due_us);

CREATE INDEX outbox_queue_of ON outbox_queue (dead, fixmedins_code, poolarea_no, hi_rxno);

-- What an operator gave up, and why.
CREATE TABLE outbox_dropped (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    dropped_us BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, hi_rxno, seq)
);
