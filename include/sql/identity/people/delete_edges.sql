-- Writes  canon.account_edges: without those of dirty accounts, which go to pg_temp.lost_edges.
-- Reads   pg_temp.dirty_accounts, canon.account_edges
-- Rerun   safe.
WITH
-- Looked up from either side: the two conditions together would read all edges there are.
loose AS (
    SELECT
        edge.account_a,
        edge.account_b
    FROM dirty_accounts AS dirty
    INNER JOIN canon.account_edges AS edge ON dirty.account_id = edge.account_a
    UNION
    SELECT
        edge.account_a,
        edge.account_b
    FROM dirty_accounts AS dirty
    INNER JOIN canon.account_edges AS edge ON dirty.account_id = edge.account_b
),

lost AS (
    DELETE FROM canon.account_edges AS edge
    USING loose
    WHERE
        edge.account_a = loose.account_a
        AND edge.account_b = loose.account_b
    RETURNING edge.account_a, edge.account_b
)

INSERT INTO lost_edges (account_a, account_b)
SELECT
    lost.account_a,
    lost.account_b
FROM lost
