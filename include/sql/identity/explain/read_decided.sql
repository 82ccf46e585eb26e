-- Returns one row: what was decided about the one lead, and the thresholds it was decided by.
-- Reads   pg_temp.decided, pg_temp.weights
SELECT
    decided.person_key,
    decided.match_rule,
    decided.match_score,
    decided.confidence_level,
    decided.evidence,
    decided.reason_code,
    weight.people,
    weight.threshold_high,
    weight.threshold_accept,
    weight.threshold_review
FROM decided
CROSS JOIN weights AS weight
