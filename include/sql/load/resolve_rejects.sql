-- Writes  ops.ingestion_rejects: closes those whose raw row is good now, or gone.
-- Reads   pg_temp.staged
-- Rerun   safe: a closed reject stays closed.
UPDATE ops.ingestion_rejects AS reject
SET
    resolved_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
FROM staged
WHERE
    reject.id = staged.reject_id
    AND (staged.reason_code IS NULL OR NOT staged.is_present)
