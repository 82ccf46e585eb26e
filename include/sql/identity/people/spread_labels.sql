-- Writes  pg_temp.members: each account takes the least label of those it is tied to.
-- Reads   pg_temp.ties
-- Rerun   repeat until no row changes.
WITH
least_label AS (
    SELECT
        tie.account_id,
        min(other.label) AS label
    FROM ties AS tie
    INNER JOIN members AS other ON tie.other_id = other.account_id
    GROUP BY tie.account_id
)

UPDATE members AS member
SET label = least_label.label
FROM least_label
WHERE
    member.account_id = least_label.account_id
    AND least_label.label < member.label
