-- Claim     What was paid was reached within 14 days.
-- Severity  warn
-- Scope     people
-- Reads     pg_temp.checked_financial, ops.cabinet_payments
SELECT
    payment.payment_id,
    payment.person_key
FROM checked_financial AS financial
INNER JOIN ops.cabinet_payments AS payment ON financial.person_key = payment.person_key
WHERE
    (payment.trip_1 AND NOT financial.reached_m1_14d)
    OR (payment.trip_5 AND NOT financial.reached_m5_14d)
    OR (payment.trip_25 AND NOT financial.reached_m25_14d)
