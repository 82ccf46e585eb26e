-- Writes  canon.stale_people: for the views, the people whose ledger row is to change or to go.
-- Reads   pg_temp.touched, pg_temp.judged, observational.lead_ledger
-- Rerun   safe: one row per person.
INSERT INTO canon.stale_people (consumer, person_key)
SELECT
    'views' AS consumer,
    touched.person_key
FROM touched
LEFT JOIN judged ON touched.person_key = judged.person_key
LEFT JOIN observational.lead_ledger AS ledger ON touched.person_key = ledger.person_key
WHERE
    judged.is_current IS NOT true
    AND coalesce(judged.person_key, ledger.person_key) IS NOT NULL
ON CONFLICT (consumer, person_key) DO NOTHING
