-- Writes  pg_temp.touched_payments: empty; one row per payment whose person is to be looked for.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched_payments (
    payment_id varchar PRIMARY KEY,
    old_person_key uuid
) ON COMMIT DROP
