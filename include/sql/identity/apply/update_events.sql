-- Writes  observational.lead_events: the person of judged events; they wait for nothing any more.
-- Reads   pg_temp.decided
-- Rerun   safe: an event that has its person is left alone.
UPDATE observational.lead_events AS event
SET
    person_key = decided.person_key,
    identity_pending = false
FROM decided
WHERE
    event.id = decided.event_id
    AND (
        event.identity_pending
        OR event.person_key IS DISTINCT FROM decided.person_key
    )
