-- Writes  pg_temp.checked_payment: the published rows of the checked people.
-- Reads   pg_temp.checked_people, ops.payment_calculation
-- Rerun   taken back after the checks.
CREATE TEMPORARY TABLE checked_payment AS
SELECT payment.*
FROM checked_people AS checked
INNER JOIN ops.payment_calculation AS payment ON checked.person_key = payment.person_key
