-- Claim     Nobody has two primary accounts.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_people, observational.conversion_metrics, ops.cabinet_financial_14d
SELECT named.person_key
FROM (
    SELECT
        metric.person_key,
        metric.driver_id
    FROM checked_people AS checked
    INNER JOIN observational.conversion_metrics AS metric
        ON checked.person_key = metric.person_key
    UNION
    SELECT
        financial.person_key,
        financial.driver_id
    FROM checked_people AS checked
    INNER JOIN ops.cabinet_financial_14d AS financial
        ON checked.person_key = financial.person_key
) AS named
GROUP BY named.person_key
HAVING count(*) > 1
