-- Writes  pg_temp.staged: the wanted rows that no longer exist, by what is known of them.
-- Reads   pg_temp.wanted, pg_temp.staged, observational.lead_events, ops.ingestion_rejects
-- Rerun   runs after the wanted rows that exist were staged.
INSERT INTO staged (
    raw_pk, source_pk, slot_on, is_present,
    event_id,
    event_is_current,
    event_source_pk,
    event_event_date,
    reject_id,
    reject_is_current
)
SELECT
    wanted.raw_pk,
    event.source_pk,
    coalesce(event.event_date, reject.slot_on) AS slot_on,
    false AS is_present,
    event.id AS event_id,
    -- Nothing to do for an event that is marked already.
    event.vanished_at IS NOT NULL AS event_is_current,
    event.source_pk AS event_source_pk,
    event.event_date AS event_event_date,
    reject.id AS reject_id,
    false AS reject_is_current
FROM wanted
LEFT JOIN observational.lead_events AS event
    ON
    wanted.raw_pk = event.raw_pk
    AND event.source_table = %(source_table)s
LEFT JOIN ops.ingestion_rejects AS reject
    ON
    wanted.raw_pk = reject.raw_pk
    AND reject.source_table = %(source_table)s
    AND reject.resolved_at IS NULL
WHERE
    NOT EXISTS (
        SELECT 1 FROM staged
        WHERE staged.raw_pk = wanted.raw_pk
    )
