-- Dated lists that a bureau publishes as a whole and replaces by editions. Reference data: keyed by list and item,
-- copied whole to every node of a distributed engine.

-- An edition counts from from_day; ver counts the editions of a list.
CREATE TABLE edition (
    list TEXT COLLATE "C" NOT NULL,
    edition TEXT COLLATE "C" NOT NULL,
    from_day BIGINT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    file_sm3 TEXT COLLATE "C" NOT NULL,
    row_cnt BIGINT NOT NULL,
    imported_us BIGINT NOT NULL,
    PRIMARY KEY (list, edition)
);

-- Of two imports at once the second finds its version taken.
CREATE UNIQUE INDEX edition_ver ON edition (list, ver);

-- In force from from_day until the day before until_day; 2932896, the last day of the calendar, stands for open.
CREATE TABLE list_item (
    list TEXT COLLATE "C" NOT NULL,
    item_key TEXT COLLATE "C" NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT NOT NULL,
    ver BIGINT NOT NULL CHECK (ver > 0),
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (list, item_key, from_day)
);

-- What changed since a version.
CREATE INDEX list_item_ver ON list_item (list, ver, item_key, from_day);
