-- Returns one row: how many critical tables are RED, and how many are watched.
-- Reads   ops.data_health
SELECT
    count(*) FILTER (WHERE health.is_critical AND health.level = 'RED') AS red_count,
    count(*) AS watched_count
FROM ops.data_health(%(now)s::timestamptz) AS health
