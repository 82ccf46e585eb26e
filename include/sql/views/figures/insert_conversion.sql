-- Writes  observational.conversion_metrics: rows of touched people that are new.
-- Reads   pg_temp.changed_conversion
-- Rerun   not safe: the keys would be taken.
-- Note    in the order of the key: what belongs to one person lies together, in table and index.
INSERT INTO observational.conversion_metrics (
    person_key, origin_tag, lead_date, scout_id, driver_id, hire_date,
    first_connection_date, first_trip_date, trip_1_date, trip_5_date, trip_25_date,
    time_to_connection_days, time_to_1_days, time_to_5_days, time_to_25_days,
    trips_7d, trips_14d, trips_30d, scout_source_table, scout_source_pk
)
SELECT
    changed.person_key,
    changed.origin_tag,
    changed.lead_date,
    changed.scout_id,
    changed.driver_id,
    changed.hire_date,
    changed.first_connection_date,
    changed.first_trip_date,
    changed.trip_1_date,
    changed.trip_5_date,
    changed.trip_25_date,
    changed.time_to_connection_days,
    changed.time_to_1_days,
    changed.time_to_5_days,
    changed.time_to_25_days,
    changed.trips_7d,
    changed.trips_14d,
    changed.trips_30d,
    changed.scout_source_table,
    changed.scout_source_pk
FROM changed_conversion AS changed
WHERE changed.place IS NULL
ORDER BY
    changed.person_key,
    changed.origin_tag
