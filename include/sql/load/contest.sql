-- Writes  pg_temp.contested: lead keys that a changed row has, or had: whoever shares them is a
--         rival and must be judged with it.
-- Reads   unsettled
-- Rerun   a key is listed once.
INSERT INTO contested (source_pk)
WITH
unsettled AS NOT MATERIALIZED (
    %(unsettled)s
)

SELECT unsettled.source_pk
FROM unsettled
WHERE unsettled.source_pk IS NOT NULL
UNION
SELECT unsettled.event_source_pk
FROM unsettled
WHERE unsettled.event_source_pk IS NOT NULL
EXCEPT
SELECT contested.source_pk
FROM contested
