-- Claim     Every conversion row names a known person and an account of that person.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_people, canon.identity_registry, canon.drivers_index,
--           observational.conversion_metrics
SELECT
    metric.person_key,
    metric.origin_tag,
    metric.driver_id
FROM checked_people AS checked
INNER JOIN observational.conversion_metrics AS metric
    ON checked.person_key = metric.person_key
LEFT JOIN canon.identity_registry AS person ON metric.person_key = person.person_key
LEFT JOIN canon.drivers_index AS account
    ON metric.driver_id = account.driver_id AND metric.person_key = account.person_key
WHERE person.person_key IS NULL OR account.driver_id IS NULL
