-- Returns one row per lead source and local day: how far that day is loaded.
-- Reads   ops.source_coverage, ops.ingestion_rejects, ops.ingestion_runs, observational.lead_events,
--         ops.data_sources
WITH
params AS (
    SELECT
        %(today)s::date AS today_on,
        %(day_from)s::date AS first_on,
        %(start_at)s::date AS schedule_on,
        %(time_zone)s::text AS time_zone,
        -- A row that came in that much after its day had been loaded is late.
        interval '6 hours' AS grace
),

sources AS (
    SELECT
        source.source_name,
        source.position_no,
        least(
            params.schedule_on,
            (
                SELECT min(coverage.covered_on)
                FROM ops.source_coverage AS coverage
                WHERE coverage.source_table = source.source_name
            )
        ) AS begins_on
    FROM ops.data_sources AS source
    CROSS JOIN params
    WHERE source.is_lead_source
),

days AS (
    SELECT
        sources.source_name,
        sources.position_no,
        sources.begins_on,
        day.day_on::date AS day_on,
        params.today_on,
        params.grace,
        day.day_on::date::timestamp AT TIME ZONE params.time_zone AS starts_at,
        (day.day_on::date + 1)::timestamp AT TIME ZONE params.time_zone AS ends_at
    FROM params
    CROSS JOIN sources
    CROSS JOIN generate_series(
        params.first_on::timestamp, params.today_on::timestamp, interval '1 day'
    ) AS day (day_on)
),

arrived AS (
    SELECT
        event.source_table,
        event.event_date,
        min(event.created_at) AS first_at,
        max(event.created_at) AS last_at
    FROM observational.lead_events AS event
    CROSS JOIN params
    WHERE
        event.event_date >= params.first_on
        AND event.event_date <= params.today_on
    GROUP BY event.source_table, event.event_date
),

rejected AS (
    SELECT
        reject.source_table,
        reject.slot_on,
        count(*) AS reject_count
    FROM ops.ingestion_rejects AS reject
    CROSS JOIN params
    WHERE
        reject.resolved_at IS NULL
        AND reject.slot_on >= params.first_on
    GROUP BY reject.source_table, reject.slot_on
),

running AS (
    SELECT
        run.source_table,
        run.scope_date_from,
        run.scope_date_to
    FROM ops.ingestion_runs AS run
    WHERE
        run.status = 'RUNNING'
        AND run.source_table IS NOT NULL
),

judged AS (
    SELECT
        days.*,
        coverage.raw_count,
        coalesce(rejected.reject_count, 0) AS reject_count,
        coalesce(
            coverage.covered @> tstzrange(days.starts_at, days.ends_at), false
        ) AS is_covered,
        coalesce(coverage.verified_at >= days.ends_at, false) AS is_verified,
        coalesce(
            arrived.last_at > greatest(arrived.first_at, days.ends_at) + days.grace,
            false
        ) AS is_late,
        exists(
            SELECT 1
            FROM running
            WHERE
                running.source_table = days.source_name
                AND days.day_on >= running.scope_date_from
                AND days.day_on <= running.scope_date_to
        ) AS is_running
    FROM days
    LEFT JOIN ops.source_coverage AS coverage
        ON
        days.source_name = coverage.source_table
        AND days.day_on = coverage.covered_on
    LEFT JOIN arrived
        ON
        days.source_name = arrived.source_table
        AND days.day_on = arrived.event_date
    LEFT JOIN rejected
        ON
        days.source_name = rejected.source_table
        AND days.day_on = rejected.slot_on
)

SELECT
    judged.source_name,
    judged.day_on,
    judged.raw_count,
    judged.reject_count,
    CASE
        WHEN judged.is_running THEN 'running'
        WHEN judged.day_on < judged.begins_on THEN 'before'
        WHEN judged.day_on >= judged.today_on THEN 'open'
        WHEN NOT judged.is_covered THEN 'missing'
        WHEN judged.reject_count > 0 THEN 'rejected'
        WHEN judged.is_late THEN 'late'
        WHEN judged.is_verified THEN 'verified'
        ELSE 'covered'
    END AS state
FROM judged
ORDER BY judged.position_no, judged.day_on
