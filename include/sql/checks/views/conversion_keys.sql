-- Claim     Every conversion row names a known person and an account of that person.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion, canon.identity_registry, canon.drivers_index
SELECT
    metric.person_key,
    metric.origin_tag,
    metric.driver_id
FROM checked_conversion AS metric
LEFT JOIN canon.identity_registry AS person ON metric.person_key = person.person_key
LEFT JOIN canon.drivers_index AS account
    ON metric.driver_id = account.driver_id AND metric.person_key = account.person_key
WHERE person.person_key IS NULL OR account.driver_id IS NULL
