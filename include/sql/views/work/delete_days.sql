-- Writes  ops.driver_days: without days that no raw row reports any more.
-- Reads   pg_temp.changed_days
-- Rerun   safe.
DELETE FROM ops.driver_days AS target
USING changed_days AS changed
WHERE target.ctid = changed.place AND changed.raw_count IS NULL
