-- Writes  pg_temp.new_decisions: one row per decision that no run has reckoned with, or whose withdrawal none
--         has.
-- Reads   canon.identity_decisions
-- Rerun   dropped with the run.
-- Note    what is decided or withdrawn later in the run is the next run's, whatever this one sees of it.
CREATE TEMPORARY TABLE new_decisions ON COMMIT DROP AS
SELECT
    decision.id,
    decision.undone_at IS NOT NULL AS is_undone
FROM canon.identity_decisions AS decision
WHERE
    decision.applied_run_id IS NULL
    OR (decision.undone_at IS NOT NULL AND decision.undo_applied_run_id IS NULL)
