-- Writes  observational.lead_events: without the events whose raw row turned bad.
-- Reads   pg_temp.staged
-- Rerun   safe: the row is kept in ops.ingestion_rejects.
DELETE FROM observational.lead_events AS event
USING staged
WHERE
    event.id = staged.event_id
    AND staged.is_present
    AND staged.reason_code IS NOT NULL
    -- Not one that a good row has just taken over.
    AND NOT EXISTS (
        SELECT 1 FROM staged AS follower
        WHERE
            follower.event_id = event.id
            AND follower.is_present
            AND follower.reason_code IS NULL
    )
