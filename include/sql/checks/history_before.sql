-- Returns one row: the first usable event date before the start, unless it is covered; else NULL.
-- Reads   the source, ops.source_coverage
WITH
first_event AS (
    SELECT min(source.event_at)::date AS event_date
    FROM ( -- noqa: ST05
        %(raw_source)s
    ) AS source
    WHERE
        source.event_at >= %(floor_at)s::timestamp
        AND source.event_at < %(start_at)s::timestamp
)

SELECT first_event.event_date
FROM first_event
WHERE
    NOT EXISTS (
        SELECT 1
        FROM ops.source_coverage AS coverage
        WHERE
            coverage.source_table = %(source_table)s::varchar
            AND coverage.covered_on <= first_event.event_date
    )
