-- What institutions upload (9101), byte for byte, and what the center made of its lists (1301 …), under the name `plc`;
-- each for as long as until_us says. body: filename and bytes, sealed as one, because a file may be named after a patient.

CREATE TABLE file (
    fixmedins_code TEXT NOT NULL,
    file_qury_no TEXT NOT NULL,
    row_cnt BIGINT NOT NULL CHECK (row_cnt >= 0),
    until_us BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (fixmedins_code, file_qury_no)
);

-- So that neither counting nor dropping reads the bodies.
CREATE INDEX file_until ON file (fixmedins_code, until_us);
