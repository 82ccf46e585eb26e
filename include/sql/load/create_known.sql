-- Writes  pg_temp.known: a view of what is stored about each raw row: its event or open reject.
-- Reads   observational.lead_events, ops.ingestion_rejects
-- Rerun   dropped with the load.
CREATE TEMPORARY VIEW known AS
SELECT
    event.raw_pk,
    event.source_pk,
    event.event_date AS slot_on
FROM observational.lead_events AS event
WHERE
    event.source_table = %(source_table)s
    AND event.raw_pk IS NOT NULL
UNION ALL
SELECT
    reject.raw_pk,
    CASE WHEN reject.reason_code = 'DUPLICATE_SOURCE_PK' THEN reject.source_pk END
        AS source_pk,
    reject.slot_on
FROM ops.ingestion_rejects AS reject
WHERE
    reject.source_table = %(source_table)s
    AND reject.resolved_at IS NULL
