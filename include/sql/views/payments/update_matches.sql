-- Writes  ops.cabinet_payments: the person of payments that belong to another one than before.
-- Reads   pg_temp.payment_matches
-- Rerun   safe: the others are left alone.
UPDATE ops.cabinet_payments AS known
SET
    match_status = matched.match_status,
    person_key = matched.person_key,
    candidate_count = matched.candidate_count
FROM payment_matches AS matched
WHERE
    known.payment_id = matched.payment_id
    AND (known.match_status, known.person_key, known.candidate_count)
    IS DISTINCT FROM (matched.match_status, matched.person_key, matched.candidate_count)
