-- Returns one row per payment that belongs to a person, or to nobody under a name that they have.
-- Reads   ops.cabinet_payments, canon.drivers_index
SELECT
    payment.payment_id,
    payment.paid_on,
    payment.driver_id,
    payment.name_key,
    payment.trip_1,
    payment.trip_5,
    payment.trip_25,
    payment.match_status,
    payment.candidate_count,
    payment.person_key IS NOT NULL AS is_theirs
FROM ops.cabinet_payments AS payment
WHERE
    payment.person_key = %(person_key)s::uuid
    OR (
        payment.person_key IS NULL
        AND payment.name_key IN (
            SELECT account.name_norm
            FROM canon.drivers_index AS account
            WHERE account.person_key = %(person_key)s::uuid
        )
    )
ORDER BY is_theirs DESC, payment.paid_on ASC, payment.payment_id ASC
