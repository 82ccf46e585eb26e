-- Writes  pg_temp.person_leads: one row per touched person and origin of their leads: the first date, the
--         primary account, and the scout with the lead that names them.
-- Reads   pg_temp.touched, pg_temp.person_events, canon.identity_registry, canon.drivers_index,
--         observational.lead_ledger
-- Rerun   dropped with the run.
-- Note    the home park's account first, then the one hired first, then the least id.
CREATE TEMPORARY TABLE person_leads ON COMMIT DROP AS
WITH
event AS MATERIALIZED (
    SELECT known.*
    FROM person_events AS known
    -- Who was merged away has no figures, whatever events still name the key.
    INNER JOIN
        canon.identity_registry AS person
        ON known.person_key = person.person_key
    WHERE known.origin_tag IS NOT NULL
),

first_lead AS (
    SELECT
        event.person_key,
        event.origin_tag,
        min(event.event_date) AS lead_date
    FROM event
    GROUP BY event.person_key, event.origin_tag
),

migration AS (
    SELECT DISTINCT ON (event.person_key)
        event.person_key,
        event.scout_id,
        event.source_table,
        event.source_pk
    FROM event
    WHERE event.origin_tag = 'fleet_migration'
    ORDER BY
        event.person_key ASC,
        event.event_date DESC,
        event.source_pk COLLATE "C" DESC, -- noqa: RF02,RF03
        event.source_table COLLATE "C" DESC -- noqa: RF02,RF03
),

scouting AS (
    SELECT
        ledger.person_key,
        ledger.attributed_scout_id AS scout_id,
        (ledger.evidence_json #>> '{winning_event,event_date}')::date AS event_date,
        ledger.evidence_json #>> '{winning_event,source_table}' AS source_table,
        ledger.evidence_json #>> '{winning_event,source_pk}' AS source_pk
    FROM touched
    INNER JOIN
        observational.lead_ledger AS ledger
        ON touched.person_key = ledger.person_key
    WHERE
        ledger.attributed_source = 'scouting'
        AND ledger.attributed_scout_id IS NOT NULL
),

primary_account AS (
    SELECT DISTINCT ON (account.person_key)
        account.person_key,
        account.driver_id,
        account.hire_date,
        account.full_name
    FROM touched
    INNER JOIN canon.drivers_index AS account ON touched.person_key = account.person_key
    ORDER BY
        account.person_key ASC,
        (account.park_id IS NOT DISTINCT FROM %(home_park_id)s::varchar) DESC,
        account.hire_date ASC NULLS LAST,
        account.driver_id COLLATE "C" ASC -- noqa: RF02,RF03
)

SELECT
    first_lead.person_key,
    first_lead.origin_tag,
    first_lead.lead_date,
    primary_account.driver_id,
    primary_account.hire_date,
    primary_account.full_name,
    coalesce(migration.scout_id, scouting.scout_id) AS scout_id,
    CASE
        WHEN migration.scout_id IS NOT NULL THEN migration.source_table
        ELSE scouting.source_table
    END AS scout_source_table,
    CASE
        WHEN migration.scout_id IS NOT NULL THEN migration.source_pk
        ELSE scouting.source_pk
    END AS scout_source_pk
FROM first_lead
INNER JOIN primary_account ON first_lead.person_key = primary_account.person_key
LEFT JOIN migration
    ON
    first_lead.person_key = migration.person_key
    AND first_lead.origin_tag = 'fleet_migration'
-- A scout who signs someone up months later does not inherit the old trips.
LEFT JOIN scouting
    ON
    first_lead.person_key = scouting.person_key
    AND first_lead.origin_tag = 'cabinet'
    AND scouting.event_date <= first_lead.lead_date + 7
ORDER BY
    first_lead.person_key,
    first_lead.origin_tag
