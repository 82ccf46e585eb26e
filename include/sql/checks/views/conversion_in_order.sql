-- Claim     Dates of a conversion row follow one another, its gaps are their differences, and longer
--           windows hold no fewer trips.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion
SELECT
    metric.person_key,
    metric.origin_tag
FROM checked_conversion AS metric
WHERE
    NOT (
        metric.trips_7d BETWEEN 0 AND metric.trips_14d
        AND metric.trips_14d <= metric.trips_30d
    )
    OR NOT (
        coalesce(metric.first_connection_date, metric.lead_date) >= metric.lead_date
        AND coalesce(metric.trip_1_date, metric.lead_date) >= metric.lead_date
        AND coalesce(metric.trip_5_date, 'infinity')
        >= coalesce(metric.trip_1_date, 'infinity')
        AND coalesce(metric.trip_25_date, 'infinity')
        >= coalesce(metric.trip_5_date, 'infinity')
    )
    OR (
        metric.first_trip_date,
        metric.time_to_connection_days,
        metric.time_to_1_days,
        metric.time_to_5_days,
        metric.time_to_25_days
    ) IS DISTINCT FROM (
        metric.trip_1_date,
        metric.first_connection_date - metric.lead_date,
        metric.trip_1_date - metric.lead_date,
        metric.trip_5_date - metric.lead_date,
        metric.trip_25_date - metric.lead_date
    )
    OR (metric.trips_7d >= 5) != (coalesce(metric.time_to_5_days, 7) < 7)
    OR (metric.trips_14d >= 1) != (coalesce(metric.time_to_1_days, 14) < 14)
    OR (metric.trips_30d >= 25) != (coalesce(metric.time_to_25_days, 30) < 30)
