-- Writes  pg_temp.wanted: raw rows of covered days beyond the scan that this load is about to change:
--         new ones may have come there, and the day must add up as a whole.
-- Reads   unsettled, pg_temp.contested, pg_temp.staged, compared,
--         ops.source_coverage
-- Rerun   filled when empty, and emptied once its rows are staged.
INSERT INTO wanted (raw_id, raw_pk)
WITH
unsettled AS NOT MATERIALIZED (
    %(unsettled)s
),

params AS NOT MATERIALIZED (
    SELECT
        %(source_table)s::varchar AS source_table,
        %(time_zone)s::text AS time_zone,
        %(scan_from)s::date AS scan_from,
        %(scan_to)s::date AS scan_to,
        %(rotation_from)s::date AS rotation_from,
        %(rotation_to)s::date AS rotation_to,
        %(floor_at)s::timestamp AS floor_at,
        %(ceiling_at)s::timestamp AS ceiling_at
),

days AS (
    SELECT unsettled.slot_on AS covered_on
    FROM unsettled
    UNION
    SELECT unsettled.event_event_date
    FROM unsettled
    UNION
    -- Settled so far, but a rival may take its key.
    SELECT staged.slot_on
    FROM contested
    INNER JOIN staged
        ON contested.source_pk = staged.source_pk
),

beyond AS MATERIALIZED (
    SELECT
        coverage.covered_on,
        coverage.covered
    FROM days
    INNER JOIN ops.source_coverage AS coverage
        ON days.covered_on = coverage.covered_on
    INNER JOIN params
        ON
        coverage.source_table = params.source_table
        AND NOT (
            coverage.covered_on >= params.scan_from
            AND coverage.covered_on < params.scan_to
        )
        AND NOT (
            coverage.covered_on >= params.rotation_from
            AND coverage.covered_on < params.rotation_to
        )
)

SELECT
    mate.raw_id,
    mate.raw_pk
FROM beyond
CROSS JOIN params
-- Days beyond the scan are few, and mostly none: the barrier has each looked up by itself.
CROSS JOIN
    LATERAL (
        SELECT
            compared.raw_id,
            compared.raw_pk,
            compared.slot_at
        FROM ( -- noqa: ST05
            %(compared)s
        ) AS compared
        WHERE
            (
                compared.event_at >= beyond.covered_on
                AND compared.event_at < beyond.covered_on + 1
            )
            OR (
                compared.landed_at >= beyond.covered_on
                AND compared.landed_at < beyond.covered_on + 1
                AND (
                    compared.event_at IS NULL
                    OR compared.event_at < params.floor_at
                    OR compared.event_at >= params.ceiling_at
                )
            )
        OFFSET 0 -- noqa: AM09
    ) AS mate
WHERE
    beyond.covered @> (mate.slot_at AT TIME ZONE params.time_zone)
    AND NOT EXISTS (
        SELECT 1 FROM staged
        WHERE staged.raw_pk = mate.raw_pk
    )
