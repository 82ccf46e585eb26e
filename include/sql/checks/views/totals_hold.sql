-- Claim     No total that is payable or due fell by more than a tenth within a day.
-- Severity  warn
-- Scope     whole
-- Reads     ops.view_totals, ops.view_totals_daily
-- Note      the last day before today on which there were any.
SELECT
    before.figure,
    before.currency,
    coalesce(total.amount, 0) AS amount,
    before.amount AS amount_before,
    before.published_on
FROM (
    SELECT DISTINCT ON (daily.figure, daily.currency) daily.*
    FROM ops.view_totals_daily AS daily
    WHERE
        daily.published_on
        < (SELECT max(latest.published_on) FROM ops.view_totals_daily AS latest)
    ORDER BY daily.figure ASC, daily.currency ASC, daily.published_on DESC
) AS before
-- A total that vanished altogether fell, too.
LEFT JOIN ops.view_totals AS total
    ON before.figure = total.figure AND before.currency = total.currency
WHERE
    before.amount > 0
    AND coalesce(total.amount, 0) < 0.9 * before.amount
    AND (before.figure LIKE 'payable%%' OR before.figure = 'due_yango')
