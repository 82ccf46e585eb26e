-- Returns one row: what the last refresh reckoned with, and this transaction's own number.
-- Reads   ops.view_state
-- Note    the server reckons all ages in a transaction from one moment, that of the first one asked
--         for: once the transaction has a number, from that.
SELECT
    state.home_park_id AS old_home_park_id,
    state.published_at IS NULL AS is_first,
    pg_current_xact_id()::text AS transaction_id,
    pg_current_snapshot()::text AS snapshot
FROM ops.view_state AS state
