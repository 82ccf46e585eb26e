-- Writes  pg_temp.judged: one row per touched person with events: the ledger row that follows from
--         all of them, and whether the ledger has it already.
-- Reads   pg_temp.touched, canon.identity_registry, observational.lead_events,
--         observational.lead_ledger
-- Rerun   gone with the transaction.
CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
WITH
-- The first that applies to any of a person's events.
rules (
    place, attribution_rule, attributed_source, has_scout,
    attribution_score, confidence_level, decision_status
) AS (
    VALUES
    (1, 'A_FLEET', 'fleet_migration', true, 0.95, 'high', 'assigned'),
    (2, 'C', 'scouting', false, 0.50, 'low', 'conflict'),
    (3, 'A', 'scouting', true, 0.95, 'high', 'assigned'),
    (4, 'B', 'cabinet', false, 0.80, 'medium', 'assigned'),
    (5, 'U', NULL, false, 0.00, 'low', 'unassigned')
),

events AS (
    SELECT
        touched.person_key,
        event.source_table,
        event.source_pk,
        event.event_date,
        event.scout_id,
        CASE
            WHEN event.payload_json ->> 'origin_tag' = 'fleet_migration'
                THEN 'A_FLEET'
            WHEN
                event.source_table = 'module_ct_scouting_daily'
                AND event.scout_id IS NOT NULL
                THEN 'A'
            WHEN event.payload_json ->> 'origin_tag' = 'cabinet' THEN 'B'
            ELSE 'U'
        END AS attribution_rule
    FROM touched
    -- Who was merged away has no row in the ledger, whatever events still name the key.
    INNER JOIN canon.identity_registry AS person
        ON touched.person_key = person.person_key
    INNER JOIN observational.lead_events AS event
        ON touched.person_key = event.person_key
),

source_counts AS (
    SELECT
        events.person_key,
        events.source_table,
        count(*) AS event_count
    FROM events
    GROUP BY events.person_key, events.source_table
),

sources AS (
    SELECT
        source_counts.person_key,
        jsonb_object_agg(
            source_counts.source_table, source_counts.event_count
        ) AS event_counts
    FROM source_counts
    GROUP BY source_counts.person_key
),

scouts AS (
    SELECT
        events.person_key,
        events.scout_id,
        min(events.event_date) AS first_on,
        max(events.event_date) AS last_on,
        count(*) AS event_count
    FROM events
    WHERE events.attribution_rule = 'A'
    GROUP BY events.person_key, events.scout_id
),

conflicts AS (
    SELECT
        scouts.person_key,
        jsonb_agg(
            jsonb_build_object(
                'scout_id', scouts.scout_id,
                'first_on', scouts.first_on,
                'last_on', scouts.last_on,
                'event_count', scouts.event_count
            )
            ORDER BY scouts.scout_id
        ) AS scouts
    FROM scouts
    GROUP BY scouts.person_key
    HAVING count(*) >= 2 AND max(scouts.last_on) - min(scouts.first_on) <= 7
),

winners AS (
    SELECT DISTINCT ON (events.person_key)
        events.person_key,
        events.source_table,
        events.source_pk,
        events.event_date,
        events.scout_id,
        conflicts.scouts,
        rules.attribution_rule,
        rules.attributed_source,
        rules.has_scout,
        rules.attribution_score,
        rules.confidence_level,
        rules.decision_status
    FROM events
    LEFT JOIN conflicts
        ON events.person_key = conflicts.person_key AND events.attribution_rule = 'A'
    INNER JOIN rules
        ON
        rules.attribution_rule
        = CASE
            WHEN conflicts.person_key IS NULL THEN events.attribution_rule ELSE 'C'
        END
    -- Keys are text of any language: byte order is the same on every server.
    ORDER BY
        events.person_key ASC,
        rules.place ASC,
        events.event_date DESC,
        events.source_pk COLLATE "C" DESC, -- noqa: RF02
        events.source_table COLLATE "C" DESC -- noqa: RF02
),

attributions AS (
    SELECT
        winners.person_key,
        winners.attributed_source,
        CASE WHEN winners.has_scout THEN winners.scout_id END AS attributed_scout_id,
        winners.attribution_rule,
        winners.attribution_score,
        winners.confidence_level,
        jsonb_build_object(
            'events_by_source', sources.event_counts,
            'winning_event', jsonb_build_object(
                'source_table', winners.source_table,
                'source_pk', winners.source_pk,
                'event_date', winners.event_date,
                'scout_id', winners.scout_id
            )
        )
        || CASE
            WHEN winners.scouts IS NULL THEN '{}'::jsonb
            ELSE jsonb_build_object('scouts', winners.scouts)
        END AS evidence_json,
        winners.decision_status
    FROM winners
    INNER JOIN sources
        ON winners.person_key = sources.person_key
)

SELECT
    attributions.person_key,
    attributions.attributed_source,
    attributions.attributed_scout_id,
    attributions.attribution_rule,
    attributions.attribution_score,
    attributions.confidence_level,
    attributions.evidence_json,
    attributions.decision_status,
    ledger.person_key IS NOT NULL AS is_known,
    (
        ledger.person_key IS NOT NULL
        AND ledger.attributed_source
        IS NOT DISTINCT FROM attributions.attributed_source
        AND ledger.attributed_scout_id
        IS NOT DISTINCT FROM attributions.attributed_scout_id
        AND ledger.attribution_rule
        IS NOT DISTINCT FROM attributions.attribution_rule
        AND ledger.attribution_score
        IS NOT DISTINCT FROM attributions.attribution_score
        AND ledger.confidence_level
        IS NOT DISTINCT FROM attributions.confidence_level
        AND ledger.evidence_json
        IS NOT DISTINCT FROM attributions.evidence_json
        AND ledger.decision_status
        IS NOT DISTINCT FROM attributions.decision_status
    ) AS is_current
FROM attributions
LEFT JOIN observational.lead_ledger AS ledger
    ON attributions.person_key = ledger.person_key
