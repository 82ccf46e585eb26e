-- Writes  pg_temp.changed_days: one row per account and day that is to be written, with the place of the one
--         that is known, if any, or, with raw_count NULL, removed.
-- Reads   pg_temp.wanted_days, pg_temp.work_drivers, ops.driver_days
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_days ON COMMIT DROP AS
SELECT
    wanted.driver_id,
    wanted.work_date,
    wanted.trip_count,
    wanted.work_seconds,
    wanted.reported_at,
    wanted.raw_count,
    known.ctid AS place,
    coalesce(known.raw_count, 0) AS old_raw_count,
    (
        (known.trip_count, known.work_seconds)
        IS DISTINCT FROM (wanted.trip_count, wanted.work_seconds)
    ) AS is_other_work
FROM wanted_days AS wanted
LEFT JOIN ops.driver_days AS known
    ON wanted.driver_id = known.driver_id AND wanted.work_date = known.work_date
WHERE
    (known.trip_count, known.work_seconds, known.reported_at, known.raw_count)
    IS DISTINCT FROM
    (wanted.trip_count, wanted.work_seconds, wanted.reported_at, wanted.raw_count)
UNION ALL
SELECT
    known.driver_id,
    known.work_date,
    NULL AS trip_count,
    NULL AS work_seconds,
    NULL AS reported_at,
    NULL AS raw_count,
    known.ctid AS place,
    known.raw_count AS old_raw_count,
    true AS is_other_work
FROM ops.driver_days AS known
LEFT JOIN wanted_days AS wanted
    ON known.driver_id = wanted.driver_id AND known.work_date = wanted.work_date
WHERE %(is_everything)s::boolean AND wanted.driver_id IS NULL
UNION ALL
-- Of the accounts that were read; there are none when rows were only added.
SELECT
    known.driver_id,
    known.work_date,
    NULL AS trip_count,
    NULL AS work_seconds,
    NULL AS reported_at,
    NULL AS raw_count,
    known.ctid AS place,
    known.raw_count AS old_raw_count,
    true AS is_other_work
FROM work_drivers
INNER JOIN ops.driver_days AS known ON work_drivers.driver_id = known.driver_id
LEFT JOIN wanted_days AS wanted
    ON known.driver_id = wanted.driver_id AND known.work_date = wanted.work_date
WHERE NOT %(is_everything)s::boolean AND wanted.driver_id IS NULL
