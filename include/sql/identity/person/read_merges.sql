-- Returns one row per merge that an account of the person took part in, undone ones included.
-- Reads   canon.identity_merges, canon.drivers_index
SELECT
    merge.id AS merge_id,
    merge.loser_key,
    merge.survivor_key,
    merge.loser_driver_id,
    merge.evidence,
    merge.merged_at,
    merge.undone_at
FROM canon.identity_merges AS merge
WHERE
    merge.survivor_key = %(person_key)s::uuid
    OR merge.loser_driver_id IN (
        SELECT account.driver_id FROM canon.drivers_index AS account
        WHERE account.person_key = %(person_key)s::uuid
    )
ORDER BY merge.id
