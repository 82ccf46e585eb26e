-- Writes  ops.calendars: one row per calendar, as the registry says it.
-- Reads   nothing else
-- Rerun   safe: rows that are as they should be stay untouched.
WITH
declared AS (
    SELECT declared.*
    FROM jsonb_to_recordset(%(calendars)s::jsonb) AS declared (
        calendar varchar,
        idle_weekdays integer[],
        idle_dates date[]
    )
),

removed AS (
    DELETE FROM ops.calendars AS known
    WHERE NOT EXISTS (
        SELECT 1
        FROM declared
        WHERE declared.calendar = known.calendar
    )
)

INSERT INTO ops.calendars AS known (calendar, idle_weekdays, idle_dates)
SELECT
    declared.calendar,
    declared.idle_weekdays,
    declared.idle_dates
FROM declared
ON CONFLICT (calendar) DO UPDATE SET
    idle_weekdays = excluded.idle_weekdays,
    idle_dates = excluded.idle_dates
WHERE
(known.idle_weekdays, known.idle_dates)
IS DISTINCT FROM (excluded.idle_weekdays, excluded.idle_dates)
