-- Writes  observational.conversion_metrics: rows of touched people that say something else now.
-- Reads   pg_temp.changed_conversion
-- Rerun   safe.
-- Note    each is met where it was read a moment ago, without another look at any index: nobody else
--         writes the table meanwhile.
UPDATE observational.conversion_metrics AS target
SET
    lead_date = changed.lead_date,
    scout_id = changed.scout_id,
    driver_id = changed.driver_id,
    hire_date = changed.hire_date,
    first_connection_date = changed.first_connection_date,
    first_trip_date = changed.first_trip_date,
    trip_1_date = changed.trip_1_date,
    trip_5_date = changed.trip_5_date,
    trip_25_date = changed.trip_25_date,
    time_to_connection_days = changed.time_to_connection_days,
    time_to_1_days = changed.time_to_1_days,
    time_to_5_days = changed.time_to_5_days,
    time_to_25_days = changed.time_to_25_days,
    trips_7d = changed.trips_7d,
    trips_14d = changed.trips_14d,
    trips_30d = changed.trips_30d,
    scout_source_table = changed.scout_source_table,
    scout_source_pk = changed.scout_source_pk
FROM changed_conversion AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NOT NULL
