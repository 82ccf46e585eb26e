-- Writes  pg_temp.staged: a good row without an event takes the one that has its lead key, when
--         the row behind that event lost the key, is gone, or was never known.
-- Reads   observational.lead_events, pg_temp.staged
-- Rerun   safe: a row that has an event is left alone.
-- Note    the barrier has each key looked up in its index, whatever the planner believes of a source
--         that its statistics do not know yet.
WITH
held AS (
    SELECT
        loose.raw_pk,
        event.id,
        event.raw_pk AS holder_pk,
        event.source_pk,
        event.event_date
    FROM staged AS loose
    CROSS JOIN
        LATERAL (
            SELECT
                lead_event.id,
                lead_event.raw_pk,
                lead_event.source_pk,
                lead_event.event_date
            FROM observational.lead_events AS lead_event
            WHERE
                lead_event.source_table = %(source_table)s
                AND lead_event.source_pk = loose.source_pk
            OFFSET 0 -- noqa: AM09
        ) AS event
    WHERE
        loose.is_present
        AND loose.reason_code IS NULL
        AND loose.event_id IS NULL
        -- Answered once, before anything is looked up: a first load finds no events at all.
        AND EXISTS (
            SELECT 1
            FROM observational.lead_events AS any_event
            WHERE any_event.source_table = %(source_table)s
        )
)

UPDATE staged
SET
    event_id = held.id,
    event_is_current = false,
    event_source_pk = held.source_pk,
    event_event_date = held.event_date
FROM held
WHERE
    staged.raw_pk = held.raw_pk
    AND NOT EXISTS (
        SELECT 1 FROM staged AS holder
        WHERE
            holder.raw_pk = held.holder_pk -- noqa: RF01
            AND holder.is_present
            AND holder.reason_code IS NULL
    )
