-- Returns one row: the model in use, what was read of the drivers, and what can be read now.
-- Reads   canon.identity_state
-- Note    the server reckons all ages in a transaction from one moment, that of the first one asked for:
--         this one, so that transactions which begin meanwhile make no row look older than it is.
SELECT
    state.model_version,
    -- How many transactions ago the last run looked: rows of older ones are known. Ages wrap around
    -- at 2^31, and a restored database counts anew; NULL reads everything.
    CASE
        WHEN
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            - pg_snapshot_xmin(state.drivers_snapshot)::text::bigint
            BETWEEN 0 AND 2000000000
            THEN age(pg_snapshot_xmin(state.drivers_snapshot)::xid)
    END AS drivers_age,
    pg_current_snapshot()::text AS snapshot
FROM canon.identity_state AS state
