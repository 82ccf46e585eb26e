-- Writes  pg_temp.wanted_conversion: one row per touched person and origin of their leads, as it is to be.
-- Reads   pg_temp.person_leads, pg_temp.person_days
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE wanted_conversion ON COMMIT DROP AS
WITH
metric AS (
    SELECT
        day.person_key,
        day.origin_tag,
        min(day.work_date) FILTER (WHERE day.work_seconds > 0) AS first_connection_date,
        min(day.work_date) FILTER (WHERE day.trips_so_far >= 1) AS trip_1_date,
        min(day.work_date) FILTER (WHERE day.trips_so_far >= 5) AS trip_5_date,
        min(day.work_date) FILTER (WHERE day.trips_so_far >= 25) AS trip_25_date,
        sum(day.trips) FILTER (WHERE day.work_date < day.lead_date + 7) AS trips_7d,
        sum(day.trips) FILTER (WHERE day.work_date < day.lead_date + 14) AS trips_14d,
        sum(day.trips) FILTER (WHERE day.work_date < day.lead_date + 30) AS trips_30d
    FROM person_days AS day
    GROUP BY day.person_key, day.origin_tag
)

SELECT
    lead.person_key,
    lead.origin_tag::varchar AS origin_tag,
    lead.lead_date,
    lead.scout_id,
    lead.driver_id,
    lead.hire_date,
    metric.first_connection_date,
    metric.trip_1_date AS first_trip_date,
    metric.trip_1_date,
    metric.trip_5_date,
    metric.trip_25_date,
    metric.first_connection_date - lead.lead_date AS time_to_connection_days,
    metric.trip_1_date - lead.lead_date AS time_to_1_days,
    metric.trip_5_date - lead.lead_date AS time_to_5_days,
    metric.trip_25_date - lead.lead_date AS time_to_25_days,
    coalesce(metric.trips_7d, 0)::integer AS trips_7d,
    coalesce(metric.trips_14d, 0)::integer AS trips_14d,
    coalesce(metric.trips_30d, 0)::integer AS trips_30d,
    lead.scout_source_table::varchar AS scout_source_table,
    lead.scout_source_pk::varchar AS scout_source_pk
FROM person_leads AS lead
LEFT JOIN metric
    ON lead.person_key = metric.person_key AND lead.origin_tag = metric.origin_tag
