-- Writes  canon.identity_merges: merges whose losing key is a person again.
-- Reads   pg_temp.moved_accounts
-- Rerun   safe.
UPDATE canon.identity_merges AS merge
SET
    undone_at = %(read_at)s::timestamptz,
    undone_run_id = %(run_id)s::bigint
FROM (SELECT DISTINCT person_key FROM moved_accounts) AS current
WHERE
    merge.loser_key = current.person_key
    AND merge.undone_at IS NULL
