-- Writes  pg_temp.published_payment: the rows of touched people as readers see them until now, and where
--         they lie.
-- Reads   pg_temp.touched, ops.payment_calculation
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE published_payment ON COMMIT DROP AS
SELECT
    payment.*,
    payment.ctid AS place
FROM touched
INNER JOIN ops.payment_calculation AS payment ON touched.person_key = payment.person_key
