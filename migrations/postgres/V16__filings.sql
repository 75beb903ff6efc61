-- 备案 of insured persons: 用药资格 for 单独支付药品, and registrations of 门诊慢特病. Never deleted; what it says is of a person's health and sealed.

-- In force from from_day until the day before until_day; 2932896, the last day of the calendar, stands for open.
CREATE TABLE psn_filing (
    poolarea_no TEXT COLLATE "C" NOT NULL,
    psn_no TEXT COLLATE "C" NOT NULL,
    filing_no TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (poolarea_no, psn_no, filing_no)
);

-- Whether a place keeps filings of a kind at all.
CREATE INDEX psn_filing_kind ON psn_filing (poolarea_no, kind);
