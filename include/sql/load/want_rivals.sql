-- Writes  pg_temp.wanted: known rows that share a contested key and are not staged yet.
-- Reads   pg_temp.contested, pg_temp.known, pg_temp.staged
-- Rerun   the table is emptied first.
INSERT INTO wanted (raw_id, raw_pk)
SELECT
    (
        jsonb_populate_record(NULL::wanted, jsonb_build_object('raw_id', known.raw_pk))
    ).raw_id AS raw_id,
    known.raw_pk
FROM contested
INNER JOIN known
    ON contested.source_pk = known.source_pk
WHERE
    NOT EXISTS (
        SELECT 1 FROM staged
        WHERE staged.raw_pk = known.raw_pk
    )
