-- Writes  pg_temp.contested: lead keys that a changed row has, or had: whoever shares them is a
--         rival and must be judged with it.
-- Reads   pg_temp.staged
-- Rerun   a key is listed once.
INSERT INTO contested (source_pk)
WITH
changed AS (
    SELECT
        staged.source_pk,
        staged.event_source_pk
    FROM staged
    WHERE
        NOT (
            (staged.reason_code IS NULL AND staged.event_is_current AND staged.reject_id IS NULL)
            OR (staged.event_id IS NULL AND staged.reject_is_current)
        )
        OR NOT staged.is_present
)

SELECT changed.source_pk
FROM changed
WHERE changed.source_pk IS NOT NULL
UNION
SELECT changed.event_source_pk
FROM changed
WHERE changed.event_source_pk IS NOT NULL
EXCEPT
SELECT contested.source_pk
FROM contested
