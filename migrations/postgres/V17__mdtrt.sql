-- Visits of the clinic route (2201–2208) in the pharmacy's partition. body: who, what was stated, the fee lines; sealed.

CREATE TABLE mdtrt (
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    mdtrt_id TEXT COLLATE "C" NOT NULL,
    poolarea_no TEXT COLLATE "C" NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    phase TEXT COLLATE "C" NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (fixmedins_code, mdtrt_id)
);

-- For the auditor, who goes 统筹区 by 统筹区.
CREATE INDEX mdtrt_pool ON mdtrt (poolarea_no, mdtrt_id);
