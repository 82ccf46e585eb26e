-- Returns the staged rows for which something is to be written.
-- Reads   pg_temp.staged
-- Note    a part of other statements, which name it `unsettled`.
SELECT
    staged.raw_pk,
    staged.source_pk,
    staged.slot_on,
    staged.event_source_pk,
    staged.event_event_date
FROM staged
WHERE
    NOT CASE
        -- A vanished row: its event is marked, and no reject is open.
        WHEN
            NOT staged.is_present
            THEN staged.event_is_current AND staged.reject_id IS NULL
        WHEN
            staged.reason_code IS NULL
            THEN staged.event_is_current AND staged.reject_id IS NULL
        ELSE staged.reject_is_current AND staged.event_id IS NULL
    END
