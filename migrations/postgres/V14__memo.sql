-- What officers wrote down about a place: a year's budget, why a difference is no trouble. Never changed, never taken out; of one key
-- the newest holds.

CREATE TABLE memo (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    memo_key TEXT COLLATE "C" NOT NULL,
    memo_no BIGINT NOT NULL CHECK (memo_no > 0),
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, topic, memo_key, memo_no)
);
