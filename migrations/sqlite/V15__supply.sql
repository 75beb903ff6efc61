-- What each institution uploaded, by when the center took it: how old its stock is for the drug query, how late its rows come.
CREATE INDEX stock_move_taken ON stock_move (fixmedins_code, taken_us, fixmedins_bchno, seq);

-- Drugs that were shown as available and not supplied (JX-4.5.1). body says of whom, by whom and on what evidence, sealed.
CREATE TABLE supply_case (
    fixmedins_code TEXT NOT NULL,
    case_no TEXT NOT NULL,
    poolarea_no TEXT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    state TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (fixmedins_code, case_no)
) WITHOUT ROWID;

CREATE INDEX supply_case_pool ON supply_case (poolarea_no, fixmedins_code, case_no);
