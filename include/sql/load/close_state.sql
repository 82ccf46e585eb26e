-- Writes  ops.source_state: how far the source was read.
-- Reads   -
-- Rerun   safe.
UPDATE ops.source_state
SET
    high_water = %(high_water)s::varchar,
    snapshot = pg_current_snapshot(),
    read_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
WHERE source_table = %(source_table)s
