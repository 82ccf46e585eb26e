-- Writes  public.summary_daily: so many days of work, spread over the first accounts, from the lead date on;
--         both spellings of a date.
-- Rerun   adds the rows once more.
INSERT INTO public.summary_daily (
    driver_id, date_file, count_orders_completed, sum_work_time_seconds, created_at
)
WITH
work AS (
    SELECT
        1 + mod(day.place - 1, %(people)s::integer) AS account,
        (day.place - 1) / %(people)s::integer AS place
    FROM generate_series(1, %(days)s::integer) AS day (place)
),

dated AS (
    SELECT
        work.account,
        work.place,
        mod(work.account * 7 + work.place * 3, 12) AS trips,
        date '2026-01-01' + mod(work.account, 300) + work.place AS on_day
    FROM work
)

SELECT
    md5('driver ' || dated.account) AS driver_id,
    to_char(
        dated.on_day,
        CASE mod(dated.place, 2) WHEN 0 THEN 'DD-MM-YYYY' ELSE 'YYYY-MM-DD' END
    ) AS date_file,
    dated.trips AS count_orders_completed,
    dated.trips * 1800 AS sum_work_time_seconds,
    dated.on_day + 1 AS created_at
FROM dated
