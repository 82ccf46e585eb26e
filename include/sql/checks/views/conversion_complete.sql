-- Claim     Everybody has one conversion row per origin of their leads, from the first of them on.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_people, pg_temp.checked_conversion, canon.identity_registry,
--           observational.lead_events
WITH
wanted AS (
    SELECT
        event.person_key,
        event.payload_json ->> 'origin_tag' AS origin_tag,
        min(event.event_date) AS lead_date
    FROM checked_people AS checked
    INNER JOIN
        canon.identity_registry AS person
        ON checked.person_key = person.person_key
    INNER JOIN
        observational.lead_events AS event
        ON checked.person_key = event.person_key
    WHERE event.payload_json ->> 'origin_tag' IS NOT NULL
    GROUP BY event.person_key, event.payload_json ->> 'origin_tag'
),

metric AS (
    SELECT
        known.person_key,
        known.origin_tag,
        known.lead_date
    FROM checked_conversion AS known
)

SELECT
    coalesce(wanted.person_key, metric.person_key) AS person_key,
    coalesce(wanted.origin_tag, metric.origin_tag) AS origin_tag,
    wanted.lead_date AS first_event_date,
    metric.lead_date
FROM wanted
FULL JOIN metric
    ON wanted.person_key = metric.person_key AND wanted.origin_tag = metric.origin_tag
WHERE wanted.lead_date IS DISTINCT FROM metric.lead_date
