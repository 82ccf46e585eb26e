-- Writes  pg_temp.checked_conversion: the published rows of the checked people.
-- Reads   pg_temp.checked_people, observational.conversion_metrics
-- Rerun   taken back after the checks.
CREATE TEMPORARY TABLE checked_conversion AS
SELECT metric.*
FROM checked_people AS checked
INNER JOIN
    observational.conversion_metrics AS metric
    ON checked.person_key = metric.person_key
