-- Returns one row per kind: how many wait for a person to decide, and since when.
-- Reads   canon.review_counts
SELECT
    waiting.kind,
    sum(waiting.waiting)::bigint AS row_count,
    min(waiting.oldest_since) AS oldest_at
FROM canon.review_counts AS waiting
GROUP BY waiting.kind
ORDER BY row_count DESC, waiting.kind ASC
