-- Returns the covered days in which this load changed something, or that it newly covered, as at most
--         a dozen stretches: [day_from, day_to) and the days themselves. They are counted stretch by
--         stretch, so they are cut where the gaps between them are widest.
-- Reads   unsettled, ops.source_coverage
WITH
unsettled AS NOT MATERIALIZED (
    %(unsettled)s
),

days AS (
    SELECT unsettled.slot_on AS day
    FROM unsettled
    UNION
    SELECT unsettled.event_event_date
    FROM unsettled
    UNION
    SELECT coverage.covered_on
    FROM ops.source_coverage AS coverage
    WHERE
        coverage.source_table = %(source_table)s
        AND (coverage.raw_count IS NULL OR coverage.run_id = %(run_id)s)
),

touched AS (
    SELECT
        days.day,
        days.day - lag(days.day) OVER (ORDER BY days.day) AS gap
    FROM days
    INNER JOIN ops.source_coverage AS coverage
        ON
        days.day = coverage.covered_on
        AND coverage.source_table = %(source_table)s
),

cuts AS (
    SELECT
        touched.day,
        coalesce(
            touched.gap > 1
            AND row_number() OVER (
                ORDER BY touched.gap DESC NULLS LAST, touched.day ASC
            ) < 12,
            false
        )::integer AS is_first
    FROM touched
),

stretches AS (
    SELECT
        cuts.day,
        sum(cuts.is_first) OVER (ORDER BY cuts.day) AS stretch
    FROM cuts
)

SELECT
    min(stretches.day) AS day_from,
    max(stretches.day) + 1 AS day_to,
    array_agg(stretches.day) AS days
FROM stretches
GROUP BY stretches.stretch
ORDER BY day_from
