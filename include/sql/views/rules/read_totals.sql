-- Returns one row per total of the views and currency, as of the last refresh.
-- Reads   ops.view_totals
SELECT
    total.figure,
    total.currency,
    total.row_count,
    total.amount
FROM ops.view_totals AS total
