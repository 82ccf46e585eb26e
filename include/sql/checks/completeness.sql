-- Returns one row per covered raw row that does not add up: kind, raw_pk, slot_on. None is good.
-- Reads   compared, the source, pg_temp.wanted (for the type of its key), observational.lead_events, ops.source_coverage
-- Severity error; VANISHED is a warning
WITH
params AS (
    SELECT
        %(source_table)s::varchar AS source_table,
        %(time_zone)s::text AS time_zone,
        %(day_from)s::timestamp AS day_from,
        %(day_to)s::timestamp AS day_to
),

-- Met once and kept, whatever the planner believes of tables it has no statistics of yet.
met AS MATERIALIZED (
    SELECT
        compared.raw_pk,
        compared.slot_on,
        compared.slot_at,
        compared.event_id,
        compared.reject_id,
        compared.event_event_date
    FROM ( -- noqa: ST05
        %(compared)s
    ) AS compared
    WHERE
        compared.was_visible
        AND (
            (
                compared.event_at >= %(day_from)s::timestamp
                AND compared.event_at < %(day_to)s::timestamp
            )
            OR (
                compared.landed_at >= %(day_from)s::timestamp
                AND compared.landed_at < %(day_to)s::timestamp
                AND (
                    compared.event_at IS NULL
                    OR compared.event_at < %(floor_at)s::timestamp
                    OR compared.event_at >= %(ceiling_at)s::timestamp
                )
            )
        )
),

present AS (
    SELECT
        CASE
            WHEN met.event_id IS NULL AND met.reject_id IS NULL THEN 'MISSING'
            WHEN
                met.event_id IS NOT NULL AND met.reject_id IS NOT NULL
                THEN 'DOUBLE'
            WHEN met.event_event_date != met.slot_on THEN 'MISPLACED'
        END AS kind,
        met.raw_pk,
        met.slot_on
    FROM met
    INNER JOIN ops.source_coverage AS coverage
        ON
        met.slot_on = coverage.covered_on
        AND coverage.source_table = %(source_table)s::varchar
        AND coverage.covered @> (met.slot_at AT TIME ZONE %(time_zone)s::text)
),

kept AS (
    SELECT
        event.raw_pk,
        event.event_date AS slot_on,
        -- The key in the source's own type, so that its index can be used.
        (
            jsonb_populate_record(
                NULL::wanted, jsonb_build_object('raw_id', event.raw_pk)
            )
        ).raw_id AS raw_id
    FROM observational.lead_events AS event
    INNER JOIN params
        ON
        event.source_table = params.source_table
        AND event.event_date >= params.day_from
        AND event.event_date < params.day_to
    WHERE event.raw_pk IS NOT NULL
),

vanished AS (
    SELECT
        'VANISHED' AS kind,
        kept.raw_pk,
        kept.slot_on
    FROM kept
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM ( -- noqa: ST05
                %(raw_source)s
            ) AS source
            WHERE source.raw_id = kept.raw_id
        )
)

SELECT
    present.kind,
    present.raw_pk,
    present.slot_on
FROM present
WHERE present.kind IS NOT NULL
UNION ALL
SELECT
    vanished.kind,
    vanished.raw_pk,
    vanished.slot_on
FROM vanished
ORDER BY 1, 3, 2
