-- Writes  pg_temp.wanted: known rows that share a contested key and are not staged yet.
-- Reads   pg_temp.contested, observational.lead_events, ops.ingestion_rejects, pg_temp.staged
-- Rerun   filled when empty, and emptied once its rows are staged.
-- Note    each kind by itself: a join on their UNION would read all events at every run.
INSERT INTO wanted (raw_id, raw_pk)
SELECT
    (
        jsonb_populate_record(NULL::wanted, jsonb_build_object('raw_id', rival.raw_pk))
    ).raw_id AS raw_id,
    rival.raw_pk
FROM contested
CROSS JOIN
    LATERAL (
        SELECT event.raw_pk
        FROM observational.lead_events AS event
        WHERE
            event.source_table = %(source_table)s
            AND event.source_pk = contested.source_pk
            AND event.raw_pk IS NOT NULL
        UNION ALL
        SELECT reject.raw_pk
        FROM ops.ingestion_rejects AS reject
        WHERE
            reject.source_table = %(source_table)s
            AND reject.source_pk = contested.source_pk
            AND reject.reason_code = 'DUPLICATE_SOURCE_PK'
            AND reject.resolved_at IS NULL
    ) AS rival
WHERE
    NOT EXISTS (
        SELECT 1 FROM staged
        WHERE staged.raw_pk = rival.raw_pk
    )
