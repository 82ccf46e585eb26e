-- Claim     Nobody has two primary accounts.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion, pg_temp.checked_financial
SELECT named.person_key
FROM (
    SELECT
        metric.person_key,
        metric.driver_id
    FROM checked_conversion AS metric
    UNION
    SELECT
        financial.person_key,
        financial.driver_id
    FROM checked_financial AS financial
) AS named
GROUP BY named.person_key
HAVING count(*) > 1
