-- Writes  canon.identity_decisions: that this run has reckoned with them.
-- Reads   -
-- Rerun   safe.
UPDATE canon.identity_decisions
SET
    applied_run_id = coalesce(applied_run_id, %(run_id)s::bigint),
    undo_applied_run_id = CASE
        WHEN
            undone_at IS NOT NULL
            THEN coalesce(undo_applied_run_id, %(run_id)s::bigint)
    END
WHERE
    applied_run_id IS NULL
    OR (undone_at IS NOT NULL AND undo_applied_run_id IS NULL)
