-- Writes  ops.source_state: the source's row, at its first load.
-- Reads   -
-- Rerun   safe: a row that exists is left alone.
INSERT INTO ops.source_state (source_table)
VALUES (%(source_table)s::varchar)
ON CONFLICT (source_table) DO NOTHING
