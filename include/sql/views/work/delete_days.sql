-- Writes  ops.driver_days: without days that no raw row reports any more.
-- Reads   pg_temp.changed_days
-- Rerun   safe.
DELETE FROM ops.driver_days AS known
USING changed_days AS changed
WHERE
    known.driver_id = changed.driver_id
    AND known.work_date = changed.work_date
    AND changed.raw_count IS NULL
