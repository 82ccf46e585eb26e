-- Claim     Everybody with cabinet leads who is not quarantined has one financial row, that of their primary
--           account.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion, pg_temp.checked_financial, canon.drivers_index,
--           ops.published_quarantine
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
        AND metric.person_key NOT IN (
            SELECT account.person_key
            FROM ops.published_quarantine AS quarantine
            INNER JOIN canon.drivers_index AS account
                ON quarantine.driver_id = account.driver_id
            WHERE account.person_key IS NOT NULL
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
