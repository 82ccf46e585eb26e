-- Writes  pg_temp.changed_unread: one row per account, reason and shape that is to be written or, with
--         raw_count NULL, removed.
-- Reads   pg_temp.wanted_unread, pg_temp.work_drivers, ops.unread_work
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_unread ON COMMIT DROP AS
SELECT
    wanted.driver_id,
    wanted.reason_code,
    wanted.date_shape,
    wanted.raw_count,
    coalesce(known.raw_count, 0) AS old_raw_count
FROM wanted_unread AS wanted
LEFT JOIN ops.unread_work AS known
    ON
    wanted.driver_id = known.driver_id
    AND wanted.reason_code = known.reason_code
    AND wanted.date_shape = known.date_shape
WHERE known.raw_count IS DISTINCT FROM wanted.raw_count
UNION ALL
SELECT
    known.driver_id,
    known.reason_code,
    known.date_shape,
    NULL AS raw_count,
    known.raw_count AS old_raw_count
FROM ops.unread_work AS known
WHERE
    NOT %(is_appended)s::boolean
    AND (
        %(is_everything)s::boolean
        OR known.driver_id IN (SELECT work_drivers.driver_id FROM work_drivers)
    )
    AND NOT EXISTS (
        SELECT 1 FROM wanted_unread AS wanted
        WHERE
            wanted.driver_id = known.driver_id
            AND wanted.reason_code = known.reason_code
            AND wanted.date_shape = known.date_shape
    )
