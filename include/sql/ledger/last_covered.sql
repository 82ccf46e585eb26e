-- Returns one row: the end of the latest covered window of a source; NULL when nothing is covered.
-- Reads   ops.source_coverage
SELECT max(upper(coverage.covered)) AS last_covered
FROM ops.source_coverage AS coverage
WHERE coverage.source_table = %(source_table)s::varchar
