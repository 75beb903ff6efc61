-- Statements (3201, 3202) ask for the settlements of an institution in a period, in the order of their time.

CREATE INDEX setl_of_period ON setl (fixmedins_code, setl_us, setl_id);
