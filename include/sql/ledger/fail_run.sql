-- Writes  ops.ingestion_runs: the row becomes FAILED, if it is still RUNNING.
-- Reads   -
-- Rerun   changes nothing.
UPDATE ops.ingestion_runs
SET
    status = 'FAILED',
    completed_at = clock_timestamp(),
    error_message = %(message)s::text
WHERE
    id = %(run_id)s::bigint
    AND status = 'RUNNING'
