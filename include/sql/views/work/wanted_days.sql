-- Writes  pg_temp.wanted_days: one row per account and day of the rows read: the report that landed last,
--         of two the one with more trips, then with more time at work.
-- Reads   pg_temp.work_rows, pg_temp.work_dates, ops.driver_days
-- Rerun   dropped with the run.
-- Note    rows that were only added meet the report that is there; else all rows of an account are read.
CREATE TEMPORARY TABLE wanted_days ON COMMIT DROP AS
WITH
report AS (
    SELECT
        work.driver_id,
        spelling.work_date,
        greatest(coalesce(work.trip_count, 0), 0) AS trip_count,
        greatest(coalesce(work.work_seconds, 0), 0) AS work_seconds,
        work.reported_at,
        1 AS raw_count
    FROM work_rows AS work
    INNER JOIN work_dates AS spelling ON work.date_file = spelling.date_file
    WHERE spelling.work_date IS NOT NULL AND btrim(work.driver_id) != ''
),

candidate AS (
    SELECT report.* FROM report
    UNION ALL
    SELECT
        known.driver_id,
        known.work_date,
        known.trip_count,
        known.work_seconds,
        known.reported_at,
        known.raw_count
    FROM ops.driver_days AS known
    WHERE
        %(is_appended)s::boolean
        AND (known.driver_id, known.work_date) IN (
            SELECT
                report.driver_id,
                report.work_date
            FROM report
        )
)

SELECT DISTINCT ON (candidate.driver_id, candidate.work_date)
    candidate.driver_id,
    candidate.work_date,
    candidate.trip_count,
    candidate.work_seconds,
    candidate.reported_at,
    (
        sum(candidate.raw_count) OVER (
            PARTITION BY candidate.driver_id, candidate.work_date
        )
    )::integer AS raw_count
FROM candidate
ORDER BY
    candidate.driver_id ASC,
    candidate.work_date ASC,
    candidate.reported_at DESC NULLS LAST,
    candidate.trip_count DESC,
    candidate.work_seconds DESC
