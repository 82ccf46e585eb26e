-- Returns one row: which transactions the last completed load of a source could see.
-- Reads   ops.source_state
SELECT state.snapshot::text AS snapshot
FROM ops.source_state AS state
WHERE state.source_table = %(source_table)s::varchar
