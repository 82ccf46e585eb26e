-- Writes  ops.source_state: the row itself, unchanged, so that a load that waited for its turn with an
--         older snapshot takes a new one.
-- Reads   -
-- Rerun   safe.
UPDATE ops.source_state SET source_table = source_table
WHERE source_table = any(%(source_tables)s::text[])
