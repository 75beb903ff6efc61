-- Settlements in the pharmacy's partition; accumulators and accounts in the insured person's.

CREATE TABLE setl (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    setl_id TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    setl_us BIGINT NOT NULL,
    refd_setl_id TEXT COLLATE "C",
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, setl_id)
);

CREATE INDEX setl_of_fixmedins ON setl (fixmedins_code, setl_id);

-- One reversal at most: a second one of the same settlement finds this key taken.
CREATE UNIQUE INDEX setl_reversal ON setl (poolarea_no, refd_setl_id);

CREATE TABLE accum (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    scheme TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, psn_no, year, scheme)
);

CREATE TABLE acct (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    opening_fen BIGINT NOT NULL,
    balc_fen BIGINT NOT NULL CHECK (balc_fen >= 0),
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (poolarea_no, psn_no)
);
