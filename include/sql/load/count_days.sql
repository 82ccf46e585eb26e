-- Writes  ops.source_coverage: raw rows, events and open rejects of one stretch of touched days,
--         counted from the raw table itself and not from what the load believes it did.
-- Reads   compared
-- Rerun   safe: counts are counted again.
-- Note    the stretch is bound, not joined: only so does the planner know how few days it has. The
--         rows are met once and kept, whatever it believes of tables it has no statistics of yet.
WITH
met AS MATERIALIZED (
    SELECT
        compared.slot_on,
        compared.slot_at,
        coalesce(compared.event_event_date = compared.slot_on, false) AS is_event,
        compared.reject_id IS NOT NULL AS is_reject
    FROM ( -- noqa: ST05
        %(compared)s
    ) AS compared
    WHERE
        (
            compared.event_at >= %(day_from)s::date
            AND compared.event_at < %(day_to)s::date
        )
        OR (
            compared.landed_at >= %(day_from)s::date
            AND compared.landed_at < %(day_to)s::date
            AND (
                compared.event_at IS NULL
                OR compared.event_at < %(floor_at)s::timestamp
                OR compared.event_at >= %(ceiling_at)s::timestamp
            )
        )
),

counted AS (
    SELECT
        coverage.covered_on,
        count(met.slot_on) AS raw_count,
        count(*) FILTER (WHERE met.is_event) AS event_count,
        count(*) FILTER (WHERE met.is_reject) AS reject_count
    FROM ops.source_coverage AS coverage
    LEFT JOIN met
        ON
        coverage.covered_on = met.slot_on
        AND coverage.covered @> (met.slot_at AT TIME ZONE %(time_zone)s::text)
    WHERE
        coverage.source_table = %(source_table)s
        -- Not the days between: rows may have come there that a later load will look at.
        AND coverage.covered_on = any(%(days)s::date[])
    GROUP BY coverage.covered_on
)

UPDATE ops.source_coverage AS coverage
SET
    raw_count = counted.raw_count,
    event_count = counted.event_count,
    reject_count = counted.reject_count,
    run_id = %(run_id)s::bigint
FROM counted
WHERE
    coverage.source_table = %(source_table)s
    AND coverage.covered_on = counted.covered_on
RETURNING
    coverage.covered_on::text,
    coverage.raw_count,
    coverage.event_count,
    coverage.reject_count
