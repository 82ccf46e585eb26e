-- Writes  pg_temp.changed_conversion: one row per row of touched people that is to be another, with the place
--         of the one that readers see, or is new, with none, or is to go, with its place alone.
-- Reads   pg_temp.wanted_conversion, pg_temp.published_conversion
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_conversion ON COMMIT DROP AS
SELECT
    known.place,
    wanted.*
FROM wanted_conversion AS wanted
FULL JOIN published_conversion AS known
    ON
    wanted.person_key = known.person_key
    AND wanted.origin_tag = known.origin_tag
WHERE
    (
        known.lead_date, known.scout_id, known.driver_id, known.hire_date,
        known.first_connection_date, known.first_trip_date, known.trip_1_date,
        known.trip_5_date, known.trip_25_date, known.time_to_connection_days,
        known.time_to_1_days, known.time_to_5_days, known.time_to_25_days,
        known.trips_7d, known.trips_14d, known.trips_30d, known.scout_source_table,
        known.scout_source_pk
    ) IS DISTINCT FROM (
        wanted.lead_date, wanted.scout_id, wanted.driver_id, wanted.hire_date,
        wanted.first_connection_date, wanted.first_trip_date, wanted.trip_1_date,
        wanted.trip_5_date, wanted.trip_25_date, wanted.time_to_connection_days,
        wanted.time_to_1_days, wanted.time_to_5_days, wanted.time_to_25_days,
        wanted.trips_7d, wanted.trips_14d, wanted.trips_30d, wanted.scout_source_table,
        wanted.scout_source_pk
    )
