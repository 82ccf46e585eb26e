-- Claim     No lead event is gone that a load counted on its day.
-- Severity  error
-- Scope     days
-- Reads     pg_temp.checked_days, ops.source_coverage, observational.lead_events
SELECT
    coverage.source_table,
    coverage.covered_on,
    coverage.event_count AS counted,
    present.event_count AS present
FROM checked_days AS checked
INNER JOIN ops.source_coverage AS coverage ON checked.covered_on = coverage.covered_on
CROSS JOIN
    LATERAL (
        SELECT count(*) AS event_count
        FROM observational.lead_events AS event
        WHERE
            event.source_table = coverage.source_table
            AND event.event_date = coverage.covered_on
    ) AS present
WHERE present.event_count < coverage.event_count
