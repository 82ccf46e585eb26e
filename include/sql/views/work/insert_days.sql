-- Writes  ops.driver_days: one row per account and day that is new.
-- Reads   pg_temp.changed_days
-- Rerun   not safe: the keys would be taken.
-- Note    in the order of the key: what belongs to one account lies together, in table and index.
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
WHERE changed.place IS NULL
ORDER BY
    changed.driver_id,
    changed.work_date
