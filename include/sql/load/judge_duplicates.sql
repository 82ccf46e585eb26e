-- Writes  pg_temp.staged: of good rows with one lead key, all but the last landed are duplicates.
-- Reads   pg_temp.staged
-- Rerun   safe: a verdict once given leaves one good row per key.
WITH
crowded AS (
    SELECT staged.source_pk
    FROM staged
    WHERE staged.is_present AND staged.reason_code IS NULL
    GROUP BY staged.source_pk
    HAVING count(*) > 1
),

ranked AS (
    SELECT
        staged.raw_pk,
        row_number() OVER (
            PARTITION BY staged.source_pk
            ORDER BY staged.landed_at DESC NULLS LAST, staged.raw_id DESC
        ) AS standing
    FROM staged
    INNER JOIN crowded
        ON staged.source_pk = crowded.source_pk
    WHERE staged.is_present AND staged.reason_code IS NULL
)

UPDATE staged
SET reason_code = 'DUPLICATE_SOURCE_PK'
FROM ranked
WHERE
    staged.raw_pk = ranked.raw_pk
    AND ranked.standing > 1
