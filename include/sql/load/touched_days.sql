-- Returns the covered days in which this load changed something, or that it newly covered, as
--         stretches of consecutive days, [day_from, day_to).
-- Reads   pg_temp.unsettled, ops.source_coverage
WITH
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

stretches AS (
    SELECT
        days.day,
        days.day - (row_number() OVER (ORDER BY days.day))::integer AS stretch
    FROM days
    INNER JOIN ops.source_coverage AS coverage
        ON
        days.day = coverage.covered_on
        AND coverage.source_table = %(source_table)s
)

SELECT
    min(stretches.day) AS day_from,
    max(stretches.day) + 1 AS day_to
FROM stretches
GROUP BY stretches.stretch
ORDER BY day_from
