-- Returns one row: whether people decided something about accounts that no run has reckoned with.
-- Reads   canon.identity_decisions
SELECT EXISTS (
    SELECT 1 FROM canon.identity_decisions AS decision
    WHERE
        decision.applied_run_id IS NULL
        OR (decision.undone_at IS NOT NULL AND decision.undo_applied_run_id IS NULL)
) AS has_decisions
