-- Writes  ops.ingestion_rejects: open rejects whose row or reason changed, or not seen for a day.
-- Reads   pg_temp.staged, the source
-- Rerun   safe: within a day an unchanged reject is left alone.
UPDATE ops.ingestion_rejects AS reject
SET
    source_pk = staged.source_pk,
    reason_code = staged.reason_code,
    raw = jsonb_strip_nulls(to_jsonb(source.raw)),
    raw_hash = md5(%(origin_tag)s::text || source.raw::text)::uuid,
    slot_on = staged.slot_on,
    last_seen_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
FROM staged
INNER JOIN ( -- noqa: ST05
    %(raw_source)s
) AS source
    ON staged.raw_id = source.raw_id
WHERE
    reject.id = staged.reject_id
    AND staged.is_present
    AND staged.reason_code IS NOT NULL
    AND (
        NOT staged.reject_is_current
        OR reject.last_seen_at < %(read_at)s::timestamptz - interval '1 day'
    )
