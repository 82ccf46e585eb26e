-- Writes  pg_temp.checked_financial: the published rows of the checked people.
-- Reads   pg_temp.checked_people, ops.cabinet_financial_14d
-- Rerun   taken back after the checks.
CREATE TEMPORARY TABLE checked_financial AS
SELECT financial.*
FROM checked_people AS checked
INNER JOIN
    ops.cabinet_financial_14d AS financial
    ON checked.person_key = financial.person_key
