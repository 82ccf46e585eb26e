-- Returns one row per thing that waits for a person's word, oldest first.
-- Reads   canon.review_queue
SELECT
    queue.kind,
    queue.reason_code,
    queue.source_table,
    queue.source_pk,
    queue.person_key,
    queue.posterior,
    queue.driver_ids,
    queue.since
FROM canon.review_queue AS queue
ORDER BY
    queue.since,
    queue.kind,
    queue.source_table,
    queue.source_pk,
    queue.person_key,
    queue.driver_ids
LIMIT %(limit)s::bigint
