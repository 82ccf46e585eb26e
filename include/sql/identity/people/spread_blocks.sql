-- Writes  pg_temp.members: each account takes the least block of those that people tied it to.
-- Reads   pg_temp.ties
-- Rerun   repeat until no row changes.
WITH
least_block AS (
    SELECT
        tie.account_id,
        min(other.block) AS block
    FROM ties AS tie
    INNER JOIN members AS other ON tie.other_id = other.account_id
    WHERE tie.is_decided
    GROUP BY tie.account_id
)

UPDATE members AS member
SET block = least_block.block
FROM least_block
WHERE
    member.account_id = least_block.account_id
    AND least_block.block < member.block
