-- Returns one row: whether people decided something that no run has reckoned with.
-- Reads   canon.identity_decisions
SELECT count(*) > 0 AS has_decisions
FROM canon.identity_decisions AS decision
WHERE
    decision.applied_run_id IS NULL
    OR (decision.undone_at IS NOT NULL AND decision.undo_applied_run_id IS NULL)
