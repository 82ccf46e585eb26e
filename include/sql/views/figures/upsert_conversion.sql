-- Writes  observational.conversion_metrics: rows of touched people that are new or say something else.
-- Reads   pg_temp.wanted_conversion, pg_temp.published_conversion
-- Rerun   safe: rows that are so already are left out before the write.
-- Note    in the order of the key: what belongs to one person lies together, in table and index.
INSERT INTO observational.conversion_metrics (
    person_key, origin_tag, lead_date, scout_id, driver_id, hire_date,
    first_connection_date, first_trip_date, trip_1_date, trip_5_date, trip_25_date,
    time_to_connection_days, time_to_1_days, time_to_5_days, time_to_25_days,
    trips_7d, trips_14d, trips_30d, scout_source_table, scout_source_pk
)
SELECT
    wanted.person_key,
    wanted.origin_tag,
    wanted.lead_date,
    wanted.scout_id,
    wanted.driver_id,
    wanted.hire_date,
    wanted.first_connection_date,
    wanted.first_trip_date,
    wanted.trip_1_date,
    wanted.trip_5_date,
    wanted.trip_25_date,
    wanted.time_to_connection_days,
    wanted.time_to_1_days,
    wanted.time_to_5_days,
    wanted.time_to_25_days,
    wanted.trips_7d,
    wanted.trips_14d,
    wanted.trips_30d,
    wanted.scout_source_table,
    wanted.scout_source_pk
FROM wanted_conversion AS wanted
LEFT JOIN published_conversion AS known
    ON
    wanted.person_key = known.person_key
    AND wanted.origin_tag = known.origin_tag
WHERE
    known.person_key IS NULL
    OR (
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
        wanted.trips_7d, wanted.trips_14d, wanted.trips_30d,
        wanted.scout_source_table, wanted.scout_source_pk
    )
ORDER BY
    wanted.person_key,
    wanted.origin_tag
ON CONFLICT (person_key, origin_tag) DO UPDATE
    SET
        lead_date = excluded.lead_date,
        scout_id = excluded.scout_id,
        driver_id = excluded.driver_id,
        hire_date = excluded.hire_date,
        first_connection_date = excluded.first_connection_date,
        first_trip_date = excluded.first_trip_date,
        trip_1_date = excluded.trip_1_date,
        trip_5_date = excluded.trip_5_date,
        trip_25_date = excluded.trip_25_date,
        time_to_connection_days = excluded.time_to_connection_days,
        time_to_1_days = excluded.time_to_1_days,
        time_to_5_days = excluded.time_to_5_days,
        time_to_25_days = excluded.time_to_25_days,
        trips_7d = excluded.trips_7d,
        trips_14d = excluded.trips_14d,
        trips_30d = excluded.trips_30d,
        scout_source_table = excluded.scout_source_table,
        scout_source_pk = excluded.scout_source_pk
