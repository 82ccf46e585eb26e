-- Writes  observational.lead_events: one row per good raw row that has no event yet.
-- Reads   pg_temp.staged, the source
-- Rerun   safe: rows with an event are left out before the insert.
INSERT INTO observational.lead_events (
    source_table, source_pk, event_date, scout_id, payload_json,
    created_at, raw_pk, raw_hash, run_id
)
SELECT
    %(source_table)s::varchar AS source_table,
    staged.source_pk,
    staged.event_date,
    staged.scout_id,
    jsonb_strip_nulls(to_jsonb(source.raw))
    || jsonb_build_object('origin_tag', %(origin_tag)s::text) AS payload_json,
    %(read_at)s::timestamptz AS created_at,
    staged.raw_pk,
    md5(%(origin_tag)s::text || source.raw::text)::uuid AS raw_hash,
    %(run_id)s::bigint AS run_id
FROM staged
INNER JOIN ( -- noqa: ST05
    %(raw_source)s
) AS source
    ON staged.raw_id = source.raw_id
WHERE
    staged.reason_code IS NULL
    AND staged.event_id IS NULL
    AND staged.is_present
