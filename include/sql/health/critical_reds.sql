-- Returns one row per critical table that is RED: name, status, diagnosis, what is wrong, what to do.
-- Reads   ops.data_health
WITH
params AS (
    SELECT %(at)s::timestamptz AS at_moment
)

SELECT
    health.source_name,
    health.health_status,
    health.diagnosis,
    ops.fill(verdict.sentence, health.evidence) AS sentence,
    health.action
FROM params
CROSS JOIN LATERAL ops.data_health(params.at_moment) AS health
CROSS JOIN ops.monitor_settings AS setting
LEFT JOIN ops.verdict_texts AS verdict
    ON
    health.diagnosis = verdict.verdict
    AND setting.language = verdict.language
WHERE
    health.level = 'RED'
    AND health.is_critical
ORDER BY health.source_name
