-- Returns one row per watched table that can be read and local day: how many rows tell of that day.
-- Reads   ops.data_daily
SELECT
    daily.source_name,
    daily.metric_date,
    daily.rows_count
FROM ops.data_daily(%(now)s::timestamptz, %(day_count)s::integer) AS daily
WHERE daily.metric_type = 'business'
ORDER BY daily.source_name, daily.metric_date
