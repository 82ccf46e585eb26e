-- Writes  ops.view_totals: by how much the totals of the touched people differ from those before.
-- Reads   pg_temp.wanted_payment, pg_temp.wanted_financial, pg_temp.published_payment,
--         pg_temp.published_financial
-- Rerun   not safe: before the rows are written, once. With everything reckoned anew nothing was before.
INSERT INTO ops.view_totals AS total (figure, currency, row_count, amount)
WITH
payment AS (
    SELECT
        wanted.payment_scheme,
        wanted.currency,
        wanted.amount,
        1 AS sign
    FROM wanted_payment AS wanted
    WHERE wanted.is_payable
    UNION ALL
    SELECT
        known.payment_scheme,
        known.currency,
        known.amount,
        -1 AS sign
    FROM published_payment AS known
    WHERE known.is_payable AND NOT %(is_everything)s::boolean
),

financial AS (
    SELECT
        wanted.expected_total_yango,
        wanted.total_paid_yango,
        wanted.amount_due_yango,
        1 AS sign
    FROM wanted_financial AS wanted
    UNION ALL
    SELECT
        known.expected_total_yango,
        known.total_paid_yango,
        known.amount_due_yango,
        -1 AS sign
    FROM published_financial AS known
    WHERE NOT %(is_everything)s::boolean
),

part AS (
    SELECT
        'payable ' || payment.payment_scheme AS figure,
        payment.currency,
        payment.sign,
        payment.amount
    FROM payment
    UNION ALL
    SELECT
        form.figure,
        'PEN' AS currency,
        financial.sign,
        form.amount
    FROM financial
    CROSS JOIN
        LATERAL (
            VALUES
            ('expected_yango', financial.expected_total_yango),
            ('paid_yango', financial.total_paid_yango),
            ('due_yango', financial.amount_due_yango)
        ) AS form (figure, amount)
    WHERE form.amount != 0
)

SELECT
    part.figure,
    part.currency,
    sum(part.sign) AS row_count,
    sum(part.sign * part.amount) AS amount
FROM part
GROUP BY part.figure, part.currency
HAVING sum(part.sign) != 0 OR sum(part.sign * part.amount) != 0
ON CONFLICT (figure, currency) DO UPDATE
    SET
        row_count = total.row_count + excluded.row_count,
        amount = total.amount + excluded.amount
