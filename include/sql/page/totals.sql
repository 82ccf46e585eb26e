-- Returns one row per total of money and currency, as of the last refresh; at least one.
-- Reads   ops.view_state, ops.view_totals
SELECT
    state.published_at,
    total.figure,
    total.currency,
    total.row_count,
    total.amount
FROM ops.view_state AS state
LEFT JOIN ops.view_totals AS total ON true
ORDER BY total.figure, total.currency
