-- Who of a pharmacy's licensed pharmacists came on duty and went (9001, 9002). Never changed, never taken out.

CREATE TABLE duty (
    fixmedins_code TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    phar_code TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (fixmedins_code, at_us, phar_code, mark)
) WITHOUT ROWID;
