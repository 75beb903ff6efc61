-- The registers that import and demo write and every transaction reads. Reference data: keyed by its own
-- code, copied whole to every node of a distributed engine. Only persons live in a partition.

CREATE TABLE app (
    app_id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE fixmedins (
    fixmedins_code TEXT NOT NULL PRIMARY KEY,
    poolarea_no TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE practitioner (
    fixmedins_code TEXT NOT NULL,
    prac_code TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code, prac_code)
);

-- find_text is the generic name in lower case, so that LIKE means the same on every engine. A row is in force
-- from from_day until the day before until_day; 2932896, the last day of the calendar, stands for open.
CREATE TABLE drug (
    med_list_codg TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    find_text TEXT NOT NULL,
    dualchnl BIGINT NOT NULL CHECK (dualchnl IN (0, 1)),
    oppool BIGINT NOT NULL CHECK (oppool IN (0, 1)),
    body TEXT NOT NULL,
    PRIMARY KEY (med_list_codg, from_day)
);

-- Covers the search of 7211, so that only the rows of the page itself are read.
CREATE INDEX drug_find ON drug (med_list_codg, from_day, until_day, find_text, dualchnl, oppool);

-- What changed since a version.
CREATE INDEX drug_ver ON drug (ver, med_list_codg, from_day);

CREATE TABLE person (
    poolarea_no TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (poolarea_no, psn_no)
);

-- By what else a person is found; keyed by the thing shown, because its partition is not known yet.
CREATE TABLE person_key (
    kind TEXT NOT NULL,
    key_text TEXT NOT NULL,
    poolarea_no TEXT NOT NULL,
    psn_no TEXT NOT NULL,
    PRIMARY KEY (kind, key_text)
) WITHOUT ROWID;

CREATE INDEX person_key_of ON person_key (poolarea_no, psn_no);
