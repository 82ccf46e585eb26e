-- Writes  canon.identity_decisions: that this run has reckoned with them.
-- Reads   pg_temp.new_decisions
-- Rerun   safe.
UPDATE canon.identity_decisions AS decision
SET
    applied_run_id = coalesce(decision.applied_run_id, %(run_id)s::bigint),
    undo_applied_run_id = CASE
        WHEN
            news.is_undone
            THEN coalesce(decision.undo_applied_run_id, %(run_id)s::bigint)
    END
FROM new_decisions AS news
WHERE decision.id = news.id
