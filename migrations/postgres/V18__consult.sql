-- Consultations of internet doctors, and how long a person's drugs last: what is asked over several prescriptions.

-- Numbered per doctor without gaps: of two uploads at once only one takes the next number, the other looks again.
CREATE TABLE itnt_session (
    dr_code TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    begin_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    insu_poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    fixmedins_code TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dr_code, seq)
);

CREATE INDEX itnt_session_time ON itnt_session (dr_code, begin_us, seq);

-- One row a prescription, under the insured person's own place; until_day is the first day on which none of its drugs
-- lasts any longer. body is sealed, because it names what a person takes.
CREATE TABLE drug_course (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    hi_rxno TEXT COLLATE "C" NOT NULL,
    until_day BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, psn_no, hi_rxno)
);

CREATE INDEX drug_course_until ON drug_course (poolarea_no, psn_no, until_day, hi_rxno);
