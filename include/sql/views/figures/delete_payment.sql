-- Writes  ops.payment_calculation: without rows of touched people that are no longer to be.
-- Reads   pg_temp.changed_payment
-- Rerun   safe.
DELETE FROM ops.payment_calculation AS target
USING changed_payment AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NULL
