-- Writes  ops.view_totals_daily: the totals of this refresh, as those of today.
-- Reads   ops.view_totals
-- Rerun   safe: the last refresh of a day counts.
INSERT INTO ops.view_totals_daily (published_on, figure, currency, row_count, amount)
SELECT
    %(today)s::date AS published_on,
    total.figure,
    total.currency,
    total.row_count,
    total.amount
FROM ops.view_totals AS total
LEFT JOIN ops.view_totals_daily AS known
    ON
    known.published_on = %(today)s::date
    AND total.figure = known.figure
    AND total.currency = known.currency
WHERE (total.row_count, total.amount) IS DISTINCT FROM (known.row_count, known.amount)
ON CONFLICT (published_on, figure, currency) DO UPDATE
    SET
        row_count = excluded.row_count,
        amount = excluded.amount
