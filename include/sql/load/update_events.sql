-- Writes  observational.lead_events: events whose raw row was corrected; id and created_at stay.
-- Reads   pg_temp.staged, the source
-- Rerun   safe: an event that is current is left alone.
UPDATE observational.lead_events AS event
SET
    source_pk = staged.source_pk,
    event_date = staged.event_date,
    scout_id = staged.scout_id,
    payload_json
    = jsonb_strip_nulls(to_jsonb(source.raw))
    || jsonb_build_object('origin_tag', %(origin_tag)s::text),
    raw_pk = staged.raw_pk,
    raw_hash = md5(%(origin_tag)s::text || source.raw::text)::uuid,
    updated_at = %(read_at)s::timestamptz,
    vanished_at = NULL,
    run_id = %(run_id)s::bigint,
    identity_pending = true
FROM staged
INNER JOIN ( -- noqa: ST05
    %(raw_source)s
) AS source
    ON staged.raw_id = source.raw_id
WHERE
    event.id = staged.event_id
    AND staged.is_present
    AND staged.reason_code IS NULL
    AND NOT staged.event_is_current
