-- One line for each thing in the current schema that changes what a statement means: kind, table, the rest.
WITH tables AS (
    SELECT oid, relname, relrowsecurity FROM pg_class
    WHERE relnamespace = current_schema()::text::regnamespace AND relkind IN ('r', 'p')
), names AS (
    SELECT a.attrelid, a.attnum, a.attname FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid
)
SELECT concat('column ', t.relname, ' ', a.attname, ' ', format_type(a.atttypid, a.atttypmod),
    CASE WHEN co.collname <> 'default' THEN ' ' || co.collname END, CASE WHEN a.attnotnull THEN ' not null' END) AS line
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid LEFT JOIN pg_collation co ON co.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION
SELECT concat(CASE c.contype WHEN 'p' THEN 'primary ' WHEN 'u' THEN 'unique ' WHEN 'f' THEN 'foreign ' ELSE 'check ' END,
    t.relname, ' (', (SELECT string_agg(n.attname, ', ' ORDER BY k.place)
        FROM unnest(c.conkey) WITH ORDINALITY k (num, place)
        JOIN names n ON n.attrelid = c.conrelid AND n.attnum = k.num), ')',
    CASE WHEN c.contype = 'f' THEN ' to ' || (SELECT r.relname FROM pg_class r WHERE r.oid = c.confrelid) END,
    CASE WHEN NOT c.convalidated THEN ' not valid' END)
FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('p', 'u', 'f', 'c')
UNION
SELECT concat(CASE WHEN i.indisunique THEN 'key ' ELSE 'index ' END, t.relname, ' (',
    (SELECT string_agg(coalesce(n.attname, '?'), ', ' ORDER BY k.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (num, place)
        LEFT JOIN names n ON n.attrelid = i.indrelid AND n.attnum = k.num), ')',
    CASE WHEN i.indpred IS NOT NULL THEN ' partial' END, CASE WHEN NOT i.indisvalid THEN ' not valid' END)
FROM tables t JOIN pg_index i ON i.indrelid = t.oid
UNION
SELECT concat('trigger ', t.relname, ' ', g.tgname)
FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
UNION
SELECT concat('rule ', t.relname, ' ', r.rulename) FROM tables t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION
SELECT concat('rowsecurity ', relname) FROM tables WHERE relrowsecurity
ORDER BY 1
