-- 零星报销: purchases past the center, claimed with papers. Never deleted; body: who bought what for which disease, and every step; sealed.

CREATE TABLE reim (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    reim_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    stas TEXT COLLATE "C" NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, reim_no)
);

-- What waits, and what does not.
CREATE INDEX reim_stas ON reim (poolarea_no, stas, reim_no);
