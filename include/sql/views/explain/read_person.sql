-- Returns one row: the current person of an account, or of a key, maybe one that was merged away.
-- Reads   canon.drivers_index, canon.person_aliases
-- Note    accounts first: one may look like a key.
SELECT found.person_key
FROM (
    SELECT
        account.person_key,
        1 AS place
    FROM canon.drivers_index AS account
    WHERE account.driver_id = %(driver_id)s::varchar
    UNION ALL
    SELECT
        account.person_key,
        2 AS place
    FROM canon.drivers_index AS account
    WHERE account.person_key = %(person_key)s::uuid
    UNION ALL
    SELECT
        alias.person_key,
        3 AS place
    FROM canon.person_aliases AS alias
    WHERE alias.alias_key = %(person_key)s::uuid
) AS found
WHERE found.person_key IS NOT NULL
ORDER BY found.place
LIMIT 1
