-- Writes  ops.ingestion_runs: the row becomes COMPLETED, if it is still RUNNING.
-- Reads   -
-- Rerun   changes nothing: the caller sees that no row matched.
UPDATE ops.ingestion_runs
SET
    status = 'COMPLETED',
    completed_at = clock_timestamp(),
    stats = %(stats)s
WHERE
    id = %(run_id)s::bigint
    AND status = 'RUNNING'
