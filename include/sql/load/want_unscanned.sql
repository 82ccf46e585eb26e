-- Writes  pg_temp.wanted: known rows of the compared days that the scan did not meet: their raw
--         row moved to another day, or is gone.
-- Reads   observational.lead_events, ops.ingestion_rejects, pg_temp.staged
-- Rerun   filled when empty, and emptied once its rows are staged.
INSERT INTO wanted (raw_id, raw_pk)
WITH
params AS NOT MATERIALIZED (
    SELECT
        %(scan_from)s::date AS scan_from,
        %(scan_to)s::date AS scan_to,
        %(rotation_from)s::date AS rotation_from,
        %(rotation_to)s::date AS rotation_to
),

known AS (
    SELECT
        event.raw_pk,
        event.event_date AS slot_on
    FROM observational.lead_events AS event
    WHERE
        event.source_table = %(source_table)s
        AND event.raw_pk IS NOT NULL
    UNION ALL
    SELECT
        reject.raw_pk,
        reject.slot_on
    FROM ops.ingestion_rejects AS reject
    WHERE
        reject.source_table = %(source_table)s
        AND reject.resolved_at IS NULL
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
