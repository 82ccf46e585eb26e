-- Returns one row: why the raw row of a key became no lead; none when it was not refused.
-- Reads   ops.ingestion_rejects
SELECT reject.reason_code
FROM ops.ingestion_rejects AS reject
WHERE
    reject.source_table = %(source_table)s::varchar
    AND reject.source_pk = %(source_pk)s::varchar
    AND reject.resolved_at IS NULL
ORDER BY reject.id DESC
LIMIT 1
