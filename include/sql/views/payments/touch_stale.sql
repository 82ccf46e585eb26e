-- Writes  pg_temp.touched_payments: the payments that accounts which changed could belong to, or did.
-- Reads   pg_temp.stale_names, ops.cabinet_payments
-- Rerun   safe: one row per payment.
INSERT INTO touched_payments (payment_id, old_person_key)
SELECT
    payment.payment_id,
    payment.person_key
FROM ops.cabinet_payments AS payment
WHERE
    EXISTS (
        SELECT 1 FROM stale_names
        WHERE stale_names.driver_id = '*'
    )
    OR %(is_everything)s::boolean
UNION
SELECT
    payment.payment_id,
    payment.person_key
FROM stale_names AS stale
INNER JOIN ops.cabinet_payments AS payment ON stale.driver_id = payment.driver_id
UNION
SELECT
    payment.payment_id,
    payment.person_key
FROM stale_names AS stale
INNER JOIN ops.cabinet_payments AS payment ON stale.name_norm = payment.name_key
ON CONFLICT (payment_id) DO NOTHING
