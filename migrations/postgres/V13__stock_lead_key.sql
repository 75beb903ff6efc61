-- Two second sales of one code in one batch are two leads: a lead is known by its row as well.

ALTER TABLE stock_lead DROP CONSTRAINT stock_lead_pkey;

ALTER TABLE stock_lead
    ADD PRIMARY KEY (poolarea_no, raised_us, drug_trac_codg, fixmedins_code, fixmedins_bchno, seq);
