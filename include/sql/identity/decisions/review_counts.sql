-- Returns one row per reason in the review queue: how many wait, and for how long.
-- Reads   canon.review_counts
SELECT
    waiting.kind,
    waiting.reason_code,
    waiting.waiting,
    waiting.up_to_1_day,
    waiting.up_to_7_days,
    waiting.up_to_30_days,
    waiting.older,
    waiting.oldest_since
FROM canon.review_counts AS waiting
ORDER BY waiting.kind, waiting.reason_code
