-- Writes  canon.identity_merges: one row per person key that gave way to another one in this run.
-- Reads   pg_temp.moved_accounts, canon.drivers_index, canon.account_edges
-- Rerun   safe: afterwards no account has the losing key.
INSERT INTO canon.identity_merges (
    loser_key, survivor_key, loser_driver_id, evidence, run_id, merged_at
)
SELECT
    lost.person_key AS loser_key,
    anchor.person_key AS survivor_key,
    anchor.driver_id,
    jsonb_build_object(
        'accounts', (
            SELECT count(*) FROM canon.drivers_index AS member
            WHERE member.person_key = anchor.person_key
        ),
        'joined_by', (
            SELECT coalesce(jsonb_agg(DISTINCT edge.edge_rule), '["MANUAL"]')
            FROM canon.account_edges AS edge
            WHERE anchor.account_id IN (edge.account_a, edge.account_b)
        )
    ) AS evidence,
    %(run_id)s::bigint,
    %(read_at)s::timestamptz
FROM (
    SELECT DISTINCT moved.old_person_key AS person_key
    FROM moved_accounts AS moved
    WHERE moved.old_person_key IS NOT NULL
) AS lost
-- A key's anchor was one of the accounts that it lost.
INNER JOIN moved_accounts AS gone ON lost.person_key = gone.old_person_key
INNER JOIN canon.drivers_index AS anchor
    ON gone.account_id = anchor.account_id AND lost.person_key = anchor.account_key
WHERE NOT EXISTS (
    SELECT 1 FROM canon.drivers_index AS member
    WHERE member.person_key = lost.person_key
)
