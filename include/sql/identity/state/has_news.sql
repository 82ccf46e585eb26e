-- Returns one row: whether anything happened that could change a link.
-- Reads   pg_temp.account_news, pg_temp.lead_news, pg_temp.departed, canon.identity_decisions
SELECT
    EXISTS (SELECT 1 FROM account_news)
    OR EXISTS (SELECT 1 FROM lead_news)
    OR EXISTS (SELECT 1 FROM departed)
    OR EXISTS (
        SELECT 1 FROM canon.identity_decisions AS decision
        WHERE
            decision.applied_run_id IS NULL
            OR (decision.undone_at IS NOT NULL AND decision.undo_applied_run_id IS NULL)
    ) AS has_news
