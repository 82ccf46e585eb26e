-- Writes  ops.monitor_settings: its one row, as the settings say it.
-- Reads   nothing else
-- Rerun   safe: a row that is as it should be stays untouched.
INSERT INTO ops.monitor_settings (time_zone, language, schedule_hours)
VALUES (%(time_zone)s::varchar, %(language)s::varchar, %(schedule_hours)s::numeric)
ON CONFLICT (is_only) DO UPDATE SET
    time_zone = excluded.time_zone,
    language = excluded.language,
    schedule_hours = excluded.schedule_hours
WHERE
(
    monitor_settings.time_zone,
    monitor_settings.language,
    monitor_settings.schedule_hours
)
IS DISTINCT FROM (excluded.time_zone, excluded.language, excluded.schedule_hours)
