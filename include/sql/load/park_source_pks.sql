-- Writes  observational.lead_events: events about to change their lead key let go of the old one, so
--         that two rows can swap theirs.
-- Reads   pg_temp.staged
-- Rerun   safe: the key is set in the next statement of the same transaction.
UPDATE observational.lead_events AS event
SET source_pk = 'moving:' || event.id::text
FROM staged
WHERE
    event.id = staged.event_id
    AND staged.is_present
    AND staged.reason_code IS NULL
    AND staged.event_source_pk != staged.source_pk
