-- Two second sales of one code in one batch are two leads: a lead is known by its row as well.

CREATE TABLE stock_lead_of_row (
    poolarea_no TEXT NOT NULL,
    raised_us BIGINT NOT NULL,
    drug_trac_codg TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL,
    fixmedins_bchno TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    holder TEXT NOT NULL,
    PRIMARY KEY (poolarea_no, raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq)
) WITHOUT ROWID;

INSERT INTO stock_lead_of_row
    SELECT poolarea_no, raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq, holder FROM stock_lead;

DROP TABLE stock_lead;

ALTER TABLE stock_lead_of_row RENAME TO stock_lead;
