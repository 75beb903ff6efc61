-- Grants: choices that a text leaves to an authority (a longer transition, a zone, an extension of paper), given to a place by its
-- provision. Small and read with every message of the place; copied whole to every node of a distributed engine.

-- In force from from_day until the day before until_day; 2932896, the last day of the calendar, stands for open. A grant that
-- was taken back before it began ends on its first day.
CREATE TABLE grant_given (
    admdvs TEXT NOT NULL,
    provision TEXT NOT NULL,
    grant_no BIGINT NOT NULL CHECK (grant_no > 0),
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (admdvs, provision, grant_no)
) WITHOUT ROWID;
