-- Writes  pg_temp.wanted: known rows of the compared days that the scan did not meet: their raw
--         row moved to another day, or is gone.
-- Reads   pg_temp.known, pg_temp.staged
-- Rerun   the table is emptied first.
INSERT INTO wanted (raw_id, raw_pk)
WITH
params AS NOT MATERIALIZED (
    SELECT
        %(scan_from)s::date AS scan_from,
        %(scan_to)s::date AS scan_to,
        %(rotation_from)s::date AS rotation_from,
        %(rotation_to)s::date AS rotation_to
)

SELECT
    -- The key in the source's own type, whatever that is.
    (
        jsonb_populate_record(NULL::wanted, jsonb_build_object('raw_id', known.raw_pk))
    ).raw_id AS raw_id,
    known.raw_pk
FROM known
CROSS JOIN params
WHERE
    (
        (known.slot_on >= params.scan_from AND known.slot_on < params.scan_to)
        OR (
            known.slot_on >= params.rotation_from AND known.slot_on < params.rotation_to
        )
        OR known.slot_on IS NULL
    )
    AND NOT EXISTS (
        SELECT 1 FROM staged
        WHERE staged.raw_pk = known.raw_pk
    )
