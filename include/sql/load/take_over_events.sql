-- Writes  pg_temp.staged: a good row without an event takes the one that has its lead key, when
--         the row behind that event lost the key, is gone, or was never known.
-- Reads   observational.lead_events, pg_temp.staged
-- Rerun   safe: a row that has an event is left alone.
UPDATE staged
SET
    event_id = event.id,
    event_is_current = false,
    event_source_pk = event.source_pk,
    event_event_date = event.event_date
FROM observational.lead_events AS event
WHERE
    staged.is_present
    AND staged.reason_code IS NULL
    AND staged.event_id IS NULL
    AND event.source_table = %(source_table)s
    AND event.source_pk = staged.source_pk
    AND NOT EXISTS (
        SELECT 1 FROM staged AS holder
        WHERE
            holder.raw_pk = event.raw_pk -- noqa: RF01
            AND holder.is_present
            AND holder.reason_code IS NULL
    )
