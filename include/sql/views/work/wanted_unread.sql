-- Writes  pg_temp.wanted_unread: one row per account, reason and shape of date: rows that count for nobody.
-- Reads   pg_temp.work_rows, pg_temp.work_dates, ops.unread_work
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE wanted_unread ON COMMIT DROP AS
WITH
unread AS (
    SELECT
        coalesce(work.driver_id, '') AS driver_id,
        CASE
            WHEN
                btrim(work.driver_id) = '' OR work.driver_id IS NULL
                THEN 'MISSING_DRIVER'
            ELSE coalesce(spelling.reason_code, 'MISSING_DATE')
        END AS reason_code,
        coalesce(spelling.date_shape, '') AS date_shape,
        1 AS raw_count
    FROM work_rows AS work
    LEFT JOIN work_dates AS spelling ON work.date_file = spelling.date_file
    WHERE
        spelling.work_date IS NULL
        OR work.driver_id IS NULL
        OR btrim(work.driver_id) = ''
),

candidate AS (
    SELECT unread.* FROM unread
    UNION ALL
    SELECT
        known.driver_id,
        known.reason_code,
        known.date_shape,
        known.raw_count
    FROM ops.unread_work AS known
    WHERE
        %(is_appended)s::boolean
        AND (known.driver_id, known.reason_code, known.date_shape) IN (
            SELECT
                unread.driver_id,
                unread.reason_code,
                unread.date_shape
            FROM unread
        )
)

SELECT
    candidate.driver_id,
    candidate.reason_code,
    candidate.date_shape,
    sum(candidate.raw_count)::integer AS raw_count
FROM candidate
GROUP BY candidate.driver_id, candidate.reason_code, candidate.date_shape
