-- Returns one row: the model in use, what was read of the drivers, and what can be read now.
-- Reads   canon.identity_state
SELECT
    state.model_version,
    -- How many transactions ago the last run looked: rows of older ones are known.
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    - pg_snapshot_xmin(state.drivers_snapshot)::text::bigint + 1 AS drivers_age,
    pg_current_snapshot()::text AS snapshot
FROM canon.identity_state AS state
