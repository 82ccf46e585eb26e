-- Writes  public.summary_daily: one day of work of every so many-th person: all with figures that change.
-- Rerun   adds the rows once more.
INSERT INTO public.summary_daily (
    driver_id, date_file, count_orders_completed, sum_work_time_seconds, created_at
)
SELECT
    md5('driver ' || account.place) AS driver_id,
    to_char(
        date '2026-01-01' + mod(account.place, 300) + %(shift)s::integer, 'YYYY-MM-DD'
    ) AS date_file,
    3 AS count_orders_completed,
    5000 AS sum_work_time_seconds,
    now() AS created_at
FROM
    generate_series(
        1 + %(shift)s::integer, %(people)s::integer, %(every)s::integer
    ) AS account (place)
