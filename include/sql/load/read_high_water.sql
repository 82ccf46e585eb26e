-- Returns one row: the greatest raw key in sight, as text.
-- Reads   the source
SELECT max(source.raw_id)::text AS high_water
FROM ( -- noqa: ST05
    %(raw_source)s
) AS source
