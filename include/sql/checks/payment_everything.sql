-- Writes  pg_temp.checked_payment: all published rows.
-- Reads   ops.payment_calculation
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_payment AS
SELECT payment.*
FROM ops.payment_calculation AS payment
