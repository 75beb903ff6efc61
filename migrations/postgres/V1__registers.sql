-- The registers that import and demo write and every transaction reads. Reference data: keyed by its own
-- code, copied whole to every node of a distributed engine. Only persons live in a partition.

-- One name for bytes on every engine. Texts are compared byte by byte, whatever the language of the database, so
-- that pages follow each other in the same order everywhere.
CREATE DOMAIN blob AS bytea;

CREATE TABLE app (
    app_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    body TEXT COLLATE "C" NOT NULL
);

CREATE TABLE fixmedins (
    fixmedins_code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    poolarea_no TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL
);

CREATE TABLE practitioner (
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    prac_code TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (fixmedins_code, prac_code)
);

-- find_text is the generic name in lower case, so that LIKE means the same on every engine. A row is in force
-- from from_day until the day before until_day; 2932896, the last day of the calendar, stands for open.
CREATE TABLE drug (
    med_list_codg TEXT COLLATE "C" NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    find_text TEXT COLLATE "C" NOT NULL,
    dualchnl BIGINT NOT NULL CHECK (dualchnl IN (0, 1)),
    oppool BIGINT NOT NULL CHECK (oppool IN (0, 1)),
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (med_list_codg, from_day)
);

-- Covers the search of 7211, so that only the rows of the page itself are read.
CREATE INDEX drug_find ON drug (med_list_codg, from_day, until_day, find_text, dualchnl, oppool);

-- What changed since a version.
CREATE INDEX drug_ver ON drug (ver, med_list_codg, from_day);

CREATE TABLE person (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (poolarea_no, psn_no)
);

-- By what else a person is found; keyed by the thing shown, because its partition is not known yet.
CREATE TABLE person_key (
    kind TEXT COLLATE "C" NOT NULL,
    key_text TEXT COLLATE "C" NOT NULL,
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, key_text)
);

CREATE INDEX person_key_of ON person_key (poolarea_no, psn_no);
