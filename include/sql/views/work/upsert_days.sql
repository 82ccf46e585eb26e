-- Writes  ops.driver_days: one row per account and day whose last report changed.
-- Reads   pg_temp.changed_days
-- Rerun   safe: the others are left out before.
INSERT INTO ops.driver_days (
    driver_id, work_date, trip_count, work_seconds, reported_at, raw_count
)
SELECT
    changed.driver_id,
    changed.work_date,
    changed.trip_count,
    changed.work_seconds,
    changed.reported_at,
    changed.raw_count
FROM changed_days AS changed
WHERE changed.raw_count IS NOT NULL
ON CONFLICT (driver_id, work_date) DO UPDATE
    SET
        trip_count = excluded.trip_count,
        work_seconds = excluded.work_seconds,
        reported_at = excluded.reported_at,
        raw_count = excluded.raw_count
