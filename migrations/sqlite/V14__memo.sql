-- What officers wrote down about a place: a year's budget, why a difference is no trouble. Never changed, never taken out; of one key
-- the newest holds.

CREATE TABLE memo (
    poolarea_no TEXT NOT NULL,
    topic TEXT NOT NULL,
    memo_key TEXT NOT NULL,
    memo_no BIGINT NOT NULL CHECK (memo_no > 0),
    body TEXT NOT NULL,
    PRIMARY KEY (poolarea_no, topic, memo_key, memo_no)
) WITHOUT ROWID;
