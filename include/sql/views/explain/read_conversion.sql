-- Returns one row per origin of a person's leads, as published.
-- Reads   observational.conversion_metrics
SELECT
    metric.origin_tag,
    metric.lead_date,
    metric.scout_id,
    metric.driver_id,
    metric.trips_7d,
    metric.trips_14d,
    metric.trips_30d,
    metric.scout_source_table,
    metric.scout_source_pk
FROM observational.conversion_metrics AS metric
WHERE metric.person_key = %(person_key)s::uuid
ORDER BY metric.origin_tag
