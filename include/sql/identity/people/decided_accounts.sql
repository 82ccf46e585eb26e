-- Writes  pg_temp.decided_accounts: one row per account named by a decision that no run has reckoned with.
-- Reads   pg_temp.new_decisions, pg_temp.changed_accounts, canon.identity_decisions, canon.drivers_index
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE decided_accounts ON COMMIT DROP AS
SELECT account.account_id
FROM new_decisions AS news
INNER JOIN canon.identity_decisions AS decision ON news.id = decision.id
CROSS JOIN
    LATERAL (VALUES (decision.driver_a), (decision.driver_b)) AS named (driver_id)
INNER JOIN canon.drivers_index AS account ON named.driver_id = account.driver_id
WHERE decision.decision IN ('same', 'different')
UNION
-- An account that a decision named before it existed.
SELECT other.account_id
FROM changed_accounts AS changed
INNER JOIN canon.identity_decisions AS decision
    ON changed.driver_id IN (decision.driver_a, decision.driver_b)
CROSS JOIN
    LATERAL (VALUES (decision.driver_a), (decision.driver_b)) AS named (driver_id)
INNER JOIN canon.drivers_index AS other ON named.driver_id = other.driver_id
WHERE
    changed.is_new
    AND decision.decision IN ('same', 'different')
    AND decision.undone_at IS NULL
