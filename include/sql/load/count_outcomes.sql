-- Returns one row: how many staged rows end in which way.
-- Reads   pg_temp.staged, unsettled
WITH
unsettled AS NOT MATERIALIZED (
    %(unsettled)s
)

SELECT
    count(*) FILTER (WHERE staged.is_present) AS read,
    count(*) FILTER (
        WHERE staged.is_present
        AND staged.reason_code IS NULL
        AND staged.event_id IS NULL
    ) AS inserted,
    count(*) FILTER (
        WHERE
        staged.is_present AND staged.reason_code IS NULL
        AND staged.event_id IS NOT NULL AND NOT staged.event_is_current
    ) AS updated,
    count(*) FILTER (
        WHERE
        staged.is_present AND staged.reason_code IS NULL
        AND staged.event_id IS NOT NULL AND staged.event_is_current
    ) AS unchanged,
    count(*) FILTER (
        WHERE staged.is_present AND staged.reason_code IS NOT NULL
    ) AS rejected,
    count(*) FILTER (
        WHERE staged.is_present
        AND staged.reason_code IS NOT NULL
        AND staged.reject_id IS NULL
    ) AS newly_rejected,
    count(*) FILTER (
        WHERE staged.is_present
        AND staged.reason_code IS NULL
        AND staged.reject_id IS NOT NULL
    ) AS released,
    count(*) FILTER (
        WHERE NOT staged.is_present
        AND staged.event_id IS NOT NULL
        AND NOT staged.event_is_current
    ) AS vanished,
    (SELECT count(*) FROM unsettled) AS unsettled
FROM staged
