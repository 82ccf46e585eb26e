-- Writes  ops.cabinet_payments: without payments whose raw row is gone; pg_temp.touched_payments: with them.
-- Reads   public.module_ct_cabinet_payments
-- Rerun   safe.
WITH
gone AS (
    DELETE FROM ops.cabinet_payments AS known
    WHERE
        NOT EXISTS (
            SELECT 1 FROM public.module_ct_cabinet_payments AS raw
            WHERE raw.id::varchar = known.payment_id
        )
    RETURNING
        known.payment_id,
        known.person_key
)

INSERT INTO touched_payments (payment_id, old_person_key)
SELECT
    gone.payment_id,
    gone.person_key
FROM gone
