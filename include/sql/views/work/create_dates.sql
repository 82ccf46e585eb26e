-- Writes  pg_temp.work_dates: one row per spelling of a date, read once; work_date NULL when it is none.
-- Reads   pg_temp.work_rows
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE work_dates ON COMMIT DROP AS
SELECT
    spelling.date_file,
    ops.read_date(spelling.date_file) AS work_date,
    CASE
        WHEN btrim(spelling.date_file, E' \t\r\n') = '' THEN 'MISSING_DATE'
        WHEN
            btrim(spelling.date_file, E' \t\r\n')
            ~ '^(\d{1,2}-\d{1,2}-\d{4}|\d{4}-\d{1,2}-\d{1,2})$'
            THEN 'IMPOSSIBLE_DATE'
        ELSE 'UNREADABLE_DATE'
    END AS reason_code,
    regexp_replace(
        regexp_replace(left(spelling.date_file, 30), '\d', '9', 'g'),
        '[[:alpha:]]',
        'A',
        'g'
    ) AS date_shape
FROM (
    SELECT DISTINCT work_rows.date_file FROM work_rows
    WHERE work_rows.date_file IS NOT NULL
) AS spelling
