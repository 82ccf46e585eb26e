-- Writes  canon.account_edges: without those of dirty accounts, which go to pg_temp.lost_edges.
-- Reads   pg_temp.dirty_accounts
-- Rerun   safe.
WITH
lost AS (
    DELETE FROM canon.account_edges AS edge
    WHERE
        edge.account_a IN (SELECT dirty.account_id FROM dirty_accounts AS dirty)
        OR edge.account_b IN (SELECT dirty.account_id FROM dirty_accounts AS dirty)
    RETURNING edge.account_a, edge.account_b
)

INSERT INTO lost_edges (account_a, account_b)
SELECT
    lost.account_a,
    lost.account_b
FROM lost
