-- Returns one row per raw row, judged on its key and its date, beside the event or open reject it has.
-- Reads   raw_source, observational.lead_events, ops.ingestion_rejects
-- Note    a part of other statements, which name it `compared`.
SELECT
    judged.raw_id,
    judged.raw_pk,
    judged.source_pk,
    judged.event_at,
    judged.landed_at,
    judged.slot_at,
    judged.slot_at::date AS slot_on,
    judged.event_date,
    judged.scout_id,
    judged.raw,
    judged.was_visible,
    -- A known duplicate stays one until its rivals change, and is then judged anew.
    coalesce(
        judged.reason_code,
        CASE
            WHEN reject.reason_code = 'DUPLICATE_SOURCE_PK' THEN reject.reason_code
        END
    ) AS reason_code,
    event.id AS event_id,
    coalesce(
        -- First, so that the row is not hashed in vain.
        event.id IS NOT NULL
        AND event.vanished_at IS NULL
        AND event.source_pk = judged.source_pk
        AND event.event_date = judged.event_date
        AND event.scout_id IS NOT DISTINCT FROM judged.scout_id
        AND event.raw_hash = md5(%(origin_tag)s::text || judged.raw::text)::uuid,
        false
    ) AS event_is_current,
    event.source_pk AS event_source_pk,
    event.event_date AS event_event_date,
    reject.id AS reject_id,
    coalesce(
        reject.id IS NOT NULL
        AND reject.slot_on IS NOT DISTINCT FROM judged.slot_at::date
        AND reject.raw_hash = md5(%(origin_tag)s::text || judged.raw::text)::uuid
        AND reject.reason_code = coalesce(judged.reason_code, 'DUPLICATE_SOURCE_PK'),
        false
    ) AS reject_is_current
-- No CTE: it would not let the indexes of the raw table be used.
FROM ( -- noqa: ST05
    SELECT
        source.raw_id,
        source.raw_id::varchar AS raw_pk,
        source.source_pk::varchar AS source_pk,
        source.event_at,
        source.landed_at::timestamp AS landed_at,
        source.event_at::date AS event_date,
        source.scout_id::integer AS scout_id,
        source.raw,
        -- Whether the last completed load could see the row as it is. written_by counts around a
        -- circle of 2^32 transactions; the snapshot does not.
        coalesce(
            pg_visible_in_snapshot(
                (
                    horizon.next_id - mod(horizon.next_id, 4294967296)
                    + source.written_by::text::bigint
                    - CASE
                        WHEN
                            source.written_by::text::bigint
                            > mod(horizon.next_id, 4294967296)
                            THEN 4294967296
                        ELSE 0
                    END
                )::text::xid8,
                %(snapshot)s::pg_snapshot
            ),
            false
        ) AS was_visible,
        -- Where the row stands in time: its usable event time, else when it landed.
        CASE
            WHEN
                source.event_at >= %(floor_at)s::timestamp
                AND source.event_at < %(ceiling_at)s::timestamp
                THEN source.event_at::timestamp
            WHEN
                source.landed_at >= %(floor_at)s::timestamp
                AND source.landed_at < %(ceiling_at)s::timestamp
                THEN source.landed_at::timestamp
        END AS slot_at,
        CASE
            WHEN coalesce(btrim(source.source_pk::text), '') = ''
                THEN 'MISSING_SOURCE_PK'
            WHEN source.event_at IS NULL THEN 'MISSING_EVENT_DATE'
            WHEN source.event_at >= %(ceiling_at)s::timestamp
                THEN 'EVENT_DATE_IN_FUTURE'
            WHEN source.event_at < %(floor_at)s::timestamp
                THEN 'EVENT_DATE_TOO_OLD'
        END AS reason_code
    FROM ( -- noqa: ST05
        %(raw_source)s
    ) AS source
    CROSS JOIN (
        SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_id
    ) AS horizon
) AS judged
LEFT JOIN observational.lead_events AS event
    ON
    judged.raw_pk = event.raw_pk
    AND event.source_table = %(source_table)s
LEFT JOIN ops.ingestion_rejects AS reject
    ON
    judged.raw_pk = reject.raw_pk
    AND reject.source_table = %(source_table)s
    AND reject.resolved_at IS NULL
