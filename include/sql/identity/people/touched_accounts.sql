-- Writes  pg_temp.touched_accounts: one row per account whose component may have changed: all that have
--         or had an edge to a dirty account, or are named by a new or withdrawn decision, and
--         everybody they were connected with.
-- Reads   pg_temp.dirty_accounts, pg_temp.lost_edges, pg_temp.decided_accounts, pg_temp.decided_pairs,
--         canon.account_edges, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    accounts without any edge are persons of their own, as they were made; they are left out.
CREATE TEMPORARY TABLE touched_accounts ON COMMIT DROP AS
WITH
-- Looked up from either side: the two conditions together would read all edges there are.
drawn AS (
    SELECT
        edge.account_a,
        edge.account_b
    FROM dirty_accounts AS dirty
    INNER JOIN canon.account_edges AS edge ON dirty.account_id = edge.account_a
    UNION ALL
    SELECT
        edge.account_a,
        edge.account_b
    FROM dirty_accounts AS dirty
    INNER JOIN canon.account_edges AS edge ON dirty.account_id = edge.account_b
    UNION ALL
    SELECT
        lost.account_a,
        lost.account_b
    FROM lost_edges AS lost
),

seed AS MATERIALIZED (
    SELECT drawn.account_a AS account_id
    FROM drawn
    UNION
    SELECT drawn.account_b AS account_id
    FROM drawn
    UNION
    SELECT decided.account_id
    FROM decided_accounts AS decided
    UNION
    -- Its licence, date or park may count within the component that decisions made.
    SELECT pair.account_a AS account_id
    FROM decided_pairs AS pair
    WHERE
        pair.account_a IN (SELECT dirty_accounts.account_id FROM dirty_accounts)
        OR pair.account_b IN (SELECT dirty_accounts.account_id FROM dirty_accounts)
)

SELECT account.account_id
FROM seed
INNER JOIN canon.drivers_index AS account ON seed.account_id = account.account_id
UNION
SELECT member.account_id
FROM seed
INNER JOIN canon.drivers_index AS account ON seed.account_id = account.account_id
INNER JOIN canon.drivers_index AS member ON account.component_id = member.component_id
