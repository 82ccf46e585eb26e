-- Writes  pg_temp.decided_pairs: one row per two accounts that people said to be, or not to be, one
--         person; of several decisions about the same two the last counts.
-- Reads   canon.identity_decisions, canon.drivers_index
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE decided_pairs ON COMMIT DROP AS
SELECT DISTINCT ON (account_a, account_b)
    least(a.account_id, b.account_id) AS account_a,
    greatest(a.account_id, b.account_id) AS account_b,
    decision.decision = 'same' AS is_same,
    decision.id AS decision_id
FROM canon.identity_decisions AS decision
INNER JOIN canon.drivers_index AS a ON decision.driver_a = a.driver_id
INNER JOIN canon.drivers_index AS b ON decision.driver_b = b.driver_id
WHERE
    decision.decision IN ('same', 'different')
    AND decision.undone_at IS NULL
    AND a.account_id != b.account_id
ORDER BY account_a ASC, account_b ASC, decision.id DESC
