-- Writes  pg_temp.ties: one row per edge among touched accounts, in both directions; those that people
--         denied are left out, those that they made are marked.
-- Reads   pg_temp.touched_accounts, pg_temp.decided_pairs, canon.account_edges
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE ties ON COMMIT DROP AS
WITH
tie AS (
    SELECT
        edge.account_a,
        edge.account_b,
        false AS is_decided
    FROM canon.account_edges AS edge
    WHERE
        edge.account_a IN (SELECT touched_accounts.account_id FROM touched_accounts)
        AND NOT EXISTS (
            SELECT 1 FROM decided_pairs AS pair
            WHERE
                pair.account_a = edge.account_a
                AND pair.account_b = edge.account_b
        )
    UNION ALL
    SELECT
        pair.account_a,
        pair.account_b,
        true AS is_decided
    FROM decided_pairs AS pair
    WHERE
        pair.is_same
        AND pair.account_a IN (SELECT touched_accounts.account_id FROM touched_accounts)
)

SELECT
    tie.account_a AS account_id,
    tie.account_b AS other_id,
    tie.is_decided
FROM tie
UNION ALL
SELECT
    tie.account_b AS account_id,
    tie.account_a AS other_id,
    tie.is_decided
FROM tie
