-- Writes  observational.lead_events: marks events whose raw row is gone.
-- Reads   pg_temp.staged
-- Rerun   safe: an event is marked once.
UPDATE observational.lead_events AS event
SET
    vanished_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
FROM staged
WHERE
    event.id = staged.event_id
    AND NOT staged.is_present
    AND NOT staged.event_is_current
    -- Not one that a good row has just taken over.
    AND event.raw_pk = staged.raw_pk
