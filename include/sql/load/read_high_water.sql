-- Returns one row: the greatest raw key in sight, as text.
-- Reads   pg_temp.raw_source
SELECT max(source.raw_id)::text AS high_water
FROM raw_source AS source
