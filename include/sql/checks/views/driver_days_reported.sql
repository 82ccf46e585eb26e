-- Claim     Every report of a day of work that was read counts, or a later one of that day does.
-- Severity  error
-- Scope     whole
-- Reads     public.summary_daily, ops.raw_reads, ops.driver_days
-- Note      five blocks of the raw table, others each time; rows written since the refresh are left to the
--           next one.
WITH
place AS MATERIALIZED (
    SELECT
        floor(
            random() * greatest(
                pg_relation_size('public.summary_daily')
                / current_setting('block_size')::integer - 4, 1
            )
        )::integer AS block
),

report AS (
    SELECT
        raw.driver_id,
        raw.date_file,
        raw.created_at AS reported_at,
        greatest(coalesce(raw.count_orders_completed, 0), 0) AS trip_count
    FROM public.summary_daily AS raw
    INNER JOIN ops.raw_reads AS known ON known.raw_table = 'public.summary_daily'
    WHERE
        raw.ctid >= (SELECT ('(' || place.block || ',0)')::tid FROM place)
        AND raw.ctid < (SELECT ('(' || place.block + 5 || ',0)')::tid FROM place)
        AND age(raw.xmin) > age(pg_snapshot_xmin(known.snapshot)::xid)
        AND btrim(raw.driver_id) != ''
),

-- Each spelling is read once.
spelling AS MATERIALIZED (
    SELECT
        known.date_file,
        ops.read_date(known.date_file) AS work_date
    FROM (SELECT DISTINCT report.date_file FROM report) AS known
)

SELECT
    report.driver_id,
    spelling.work_date
FROM report
INNER JOIN spelling ON report.date_file = spelling.date_file
LEFT JOIN ops.driver_days AS work
    ON report.driver_id = work.driver_id AND spelling.work_date = work.work_date
WHERE
    spelling.work_date IS NOT NULL
    AND (
        work.driver_id IS NULL
        OR work.reported_at < report.reported_at
        OR (
            work.reported_at = report.reported_at
            AND work.trip_count < report.trip_count
        )
    )
