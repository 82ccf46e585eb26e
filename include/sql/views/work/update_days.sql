-- Writes  ops.driver_days: days whose last report is another now.
-- Reads   pg_temp.changed_days
-- Rerun   safe.
-- Note    each is met where it was read a moment ago, without another look at the index: nobody else writes
--         the table meanwhile.
UPDATE ops.driver_days AS target
SET
    trip_count = changed.trip_count,
    work_seconds = changed.work_seconds,
    reported_at = changed.reported_at,
    raw_count = changed.raw_count
FROM changed_days AS changed
WHERE target.ctid = changed.place AND changed.raw_count IS NOT NULL
