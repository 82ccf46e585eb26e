-- Writes  ops.view_state: the refresh that readers see once this commits.
-- Reads   -
-- Rerun   safe.
UPDATE ops.view_state
SET
    home_park_id = %(home_park_id)s::varchar,
    published_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
