-- Writes  pg_temp.touched: people with figures whose payments changed, came or went.
-- Reads   pg_temp.touched_payments, pg_temp.payment_news, pg_temp.payment_matches,
--         observational.lead_events
-- Rerun   safe: one row per person.
INSERT INTO touched (person_key)
SELECT person.person_key
FROM (
    SELECT matched.person_key
    FROM payment_matches AS matched
    LEFT JOIN payment_news AS news ON matched.payment_id = news.payment_id
    WHERE
        matched.person_key IS NOT NULL
        AND (
            news.payment_id IS NOT NULL
            OR matched.old_person_key IS DISTINCT FROM matched.person_key
        )
    UNION
    SELECT paid.old_person_key
    FROM touched_payments AS paid
    LEFT JOIN payment_matches AS now_of ON paid.payment_id = now_of.payment_id
    WHERE
        paid.old_person_key IS NOT NULL
        AND paid.old_person_key IS DISTINCT FROM now_of.person_key
) AS person
WHERE
    EXISTS (
        SELECT 1 FROM observational.lead_events AS event
        WHERE event.person_key = person.person_key
    )
ORDER BY person.person_key
ON CONFLICT (person_key) DO NOTHING
