-- Writes  canon.identity_state: how far resolution came.
-- Reads   -
-- Rerun   safe.
UPDATE canon.identity_state
SET
    model_version = %(model_version)s::integer,
    drivers_snapshot = %(snapshot)s::pg_snapshot,
    resolved_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
