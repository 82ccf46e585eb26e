-- Writes  ops.ingestion_rejects: one open row per bad raw row that has none.
-- Reads   pg_temp.staged, the source
-- Rerun   safe: rows with an open reject are left out before the insert.
INSERT INTO ops.ingestion_rejects (
    source_table, source_pk, reason_code, raw,
    first_seen_at, last_seen_at, raw_pk, raw_hash, slot_on, run_id
)
SELECT
    %(source_table)s::varchar AS source_table,
    staged.source_pk,
    staged.reason_code,
    jsonb_strip_nulls(to_jsonb(source.raw)) AS raw,
    %(read_at)s::timestamptz AS first_seen_at,
    %(read_at)s::timestamptz AS last_seen_at,
    staged.raw_pk,
    md5(%(origin_tag)s::text || source.raw::text)::uuid AS raw_hash,
    staged.slot_on,
    %(run_id)s::bigint AS run_id
FROM staged
INNER JOIN ( -- noqa: ST05
    %(raw_source)s
) AS source
    ON staged.raw_id = source.raw_id
WHERE
    staged.is_present
    AND staged.reason_code IS NOT NULL
    AND staged.reject_id IS NULL
