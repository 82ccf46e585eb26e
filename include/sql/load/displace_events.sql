-- Writes  observational.lead_events: without events of vanished rows that hold a lead key which a
--         good row, with an event of its own, has moved to.
-- Reads   pg_temp.staged
-- Rerun   safe: afterwards the key belongs to the row that exists.
DELETE FROM observational.lead_events AS event
USING staged
WHERE
    event.source_table = %(source_table)s
    AND event.source_pk = staged.source_pk
    AND event.id != staged.event_id
    AND staged.is_present
    AND staged.reason_code IS NULL
    AND staged.event_source_pk != staged.source_pk
    AND NOT EXISTS (
        SELECT 1 FROM staged AS follower
        WHERE
            follower.event_id = event.id
            AND follower.is_present
            AND follower.reason_code IS NULL
    )
