-- Which entry of an institution's own list is which entry of the medical list (3301); 3302 withdraws and deletes nothing,
-- so that 1317 can tell of it. end_day is the last day, not the first no longer.

CREATE TABLE list_match (
    fixmedins_code TEXT NOT NULL,
    list_type TEXT NOT NULL,
    fixmedins_hilist_id TEXT NOT NULL,
    med_list_codg TEXT NOT NULL,
    begn_day BIGINT NOT NULL,
    end_day BIGINT NOT NULL,
    crte_us BIGINT NOT NULL,
    updt_us BIGINT NOT NULL,
    vali BIGINT NOT NULL CHECK (vali IN (0, 1)),
    body TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code, list_type, fixmedins_hilist_id, med_list_codg)
) WITHOUT ROWID;

-- What changed since a moment.
CREATE INDEX list_match_updt ON list_match
    (fixmedins_code, updt_us, list_type, fixmedins_hilist_id, med_list_codg);
