-- Writes  public.summary_daily: the drivers of the last days go on working until now.
-- Reads   the same
-- Rerun   exports the running day once more; the later row supersedes.
INSERT INTO public.summary_daily (
    driver_id, date_file, count_orders_completed, sum_work_time_seconds, created_at
)
WITH
params AS (
    SELECT
        %(local_now)s::timestamp AS local_now,
        %(seed)s::text AS seed
),

last_export AS (
    SELECT max(work.created_at) AS exported_at
    FROM public.summary_daily AS work
),

active AS (
    SELECT DISTINCT work.driver_id
    FROM public.summary_daily AS work
    CROSS JOIN last_export
    WHERE work.created_at > last_export.exported_at - interval '2 days'
),

-- From the day that was last exported, since that was not over, to today.
driver_days AS (
    SELECT
        active.driver_id,
        day.day_at,
        -- Chance without random(): 28 bits of a hash.
        (
            'x' || left(md5(active.driver_id || day.day_at::text || params.seed), 7)
        )::bit(28)::int AS chance,
        least(
            day.day_at + interval '1 day 20 minutes', params.local_now
        )::timestamp(0) AS exported_at
    FROM active
    CROSS JOIN last_export
    CROSS JOIN params
    CROSS JOIN LATERAL generate_series(
        date_trunc('day', last_export.exported_at - interval '20 minutes'),
        params.local_now,
        interval '1 day'
    ) AS day (day_at)
)

SELECT
    driver_days.driver_id,
    to_char(
        driver_days.day_at,
        CASE WHEN mod(driver_days.chance, 5) < 3 THEN 'DD-MM-YYYY' ELSE 'YYYY-MM-DD' END
    ) AS date_file,
    mod(driver_days.chance, 12) AS count_orders_completed,
    mod(driver_days.chance, 12) * 1500 + mod(driver_days.chance, 5400)
        AS sum_work_time_seconds,
    driver_days.exported_at
FROM driver_days
WHERE mod(driver_days.chance, 10) < 7
