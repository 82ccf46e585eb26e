-- Returns one row per reason: how many leads have no person, and since when.
-- Reads   canon.identity_unmatched
SELECT
    unmatched.reason_code,
    count(*) AS row_count,
    min(unmatched.created_at) AS oldest_at
FROM canon.identity_unmatched AS unmatched
WHERE unmatched.status = 'OPEN'
GROUP BY unmatched.reason_code
ORDER BY row_count DESC, unmatched.reason_code ASC
LIMIT %(limit)s::integer
