-- Which versions of the key ring sealed what is here: one value of each, sealed by it, tells a wrong ring at once. The newest
-- version listed is the one that seals. Of the whole database, like its schema.

CREATE TABLE sealed_by (
    version BIGINT NOT NULL PRIMARY KEY,
    probe BLOB NOT NULL
);
