-- Claim     Every payment belongs to exactly one person.
-- Severity  warn
-- Scope     whole
-- Reads     ops.cabinet_payments
SELECT
    payment.payment_id,
    payment.paid_on,
    payment.match_status AS reason_code,
    payment.candidate_count
FROM ops.cabinet_payments AS payment
WHERE payment.person_key IS NULL
