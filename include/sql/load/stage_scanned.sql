-- Writes  pg_temp.staged: the raw rows this load takes by their times and keys.
-- Reads   compared
-- Rerun   an empty table is filled once.
--
-- The arms of the scan are written for indexes on event time, landing time and key. What they
-- bring beyond the window is compared when it is known, and taken when it came late.
INSERT INTO staged
WITH
params AS NOT MATERIALIZED (
    SELECT
        %(incremental)s::boolean AS is_incremental,
        %(is_first_read)s::boolean AS is_first_read,
        -- The window, and the whole local days that are compared around it.
        %(window_from)s::timestamp AS window_from,
        %(window_to)s::timestamp AS window_to,
        %(scan_from)s::timestamp AS scan_from,
        %(scan_to)s::timestamp AS scan_to,
        %(rotation_from)s::timestamp AS rotation_from,
        %(rotation_to)s::timestamp AS rotation_to,
        -- Times from the floor to the ceiling are usable.
        %(floor_at)s::timestamp AS floor_at,
        %(ceiling_at)s::timestamp AS ceiling_at,
        %(time_zone)s::text AS time_zone,
        %(covered)s::tstzmultirange AS covered
)

SELECT
    compared.raw_id,
    compared.raw_pk,
    compared.source_pk,
    compared.landed_at,
    compared.slot_on,
    compared.event_date,
    compared.scout_id,
    compared.reason_code,
    true AS is_present,
    compared.event_id,
    compared.event_is_current,
    compared.event_source_pk,
    compared.event_event_date,
    compared.reject_id,
    compared.reject_is_current
FROM ( -- noqa: ST05
    %(compared)s
) AS compared
CROSS JOIN params
WHERE
    (
        (compared.event_at >= params.scan_from AND compared.event_at < params.scan_to)
        OR (
            compared.event_at >= params.rotation_from
            AND compared.event_at < params.rotation_to
        )
        OR (
            params.is_incremental
            AND compared.landed_at >= params.scan_from
            AND compared.landed_at < params.scan_to
        )
        OR (params.is_incremental AND compared.raw_id > %(high_water_floor)s)
        OR (
            compared.landed_at >= params.scan_from
            AND compared.landed_at < params.scan_to
            AND (
                compared.event_at IS NULL
                OR compared.event_at < params.floor_at
                OR compared.event_at >= params.ceiling_at
            )
        )
        OR (
            compared.landed_at >= params.rotation_from
            AND compared.landed_at < params.rotation_to
            AND (
                compared.event_at IS NULL
                OR compared.event_at < params.floor_at
                OR compared.event_at >= params.ceiling_at
            )
        )
        -- Neither a usable event date nor a usable landing time: every run looks.
        OR (
            compared.event_at IS NULL
            AND (
                compared.landed_at IS NULL
                OR compared.landed_at < params.floor_at
                OR compared.landed_at >= params.ceiling_at
            )
        )
        OR (
            (
                compared.event_at < params.floor_at
                OR compared.event_at >= params.ceiling_at
            )
            AND (
                compared.landed_at IS NULL
                OR compared.landed_at < params.floor_at
                OR compared.landed_at >= params.ceiling_at
            )
        )
    )
    AND (
        compared.event_id IS NOT NULL
        OR compared.reject_id IS NOT NULL
        OR compared.slot_at IS NULL
        OR (
            compared.slot_at >= params.window_from
            AND compared.slot_at < params.window_to
        )
        -- It belongs where all else is covered, maybe after the window.
        OR params.covered @> (compared.slot_at AT TIME ZONE params.time_zone)
        -- Late: its time is past, and it arrived since.
        OR (
            params.is_incremental
            AND compared.slot_at < params.window_to
            AND (
                compared.landed_at >= params.window_from
                OR NOT (params.is_first_read OR compared.was_visible)
            )
        )
    )
