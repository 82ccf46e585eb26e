-- Returns one row per source and reason: how many rows wait for a correction, and since when.
-- Reads   ops.ingestion_rejects
SELECT
    reject.source_table,
    reject.reason_code,
    count(*) AS row_count,
    min(reject.first_seen_at) AS oldest_at
FROM ops.ingestion_rejects AS reject
WHERE reject.resolved_at IS NULL
GROUP BY reject.source_table, reject.reason_code
ORDER BY row_count DESC, reject.source_table ASC, reject.reason_code ASC
LIMIT %(limit)s::integer
