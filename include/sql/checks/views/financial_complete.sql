-- Claim     Everybody with cabinet leads who is not quarantined has one financial row, that of their primary
--           account.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion, pg_temp.checked_financial, canon.drivers_index,
--           canon.driver_orphan_quarantine
WITH
wanted AS (
    SELECT
        metric.person_key,
        metric.driver_id,
        metric.lead_date,
        metric.trips_14d
    FROM checked_conversion AS metric
    WHERE
        metric.origin_tag = 'cabinet'
        AND NOT EXISTS (
            SELECT 1
            FROM canon.drivers_index AS account
            INNER JOIN canon.driver_orphan_quarantine AS quarantine
                ON account.driver_id = quarantine.driver_id
            WHERE
                account.person_key = metric.person_key
                AND quarantine.status = 'quarantined'
        )
),

financial AS (
    SELECT known.*
    FROM checked_financial AS known
)

SELECT coalesce(wanted.person_key, financial.person_key) AS person_key
FROM wanted
FULL JOIN financial
    ON wanted.person_key = financial.person_key
WHERE
    (wanted.driver_id, wanted.lead_date, wanted.trips_14d)
    IS DISTINCT FROM (
        financial.driver_id, financial.lead_date, financial.total_trips_14d
    )
