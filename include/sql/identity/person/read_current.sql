-- Returns one row: the current person that a key, maybe one that was merged away, means today.
-- Reads   canon.drivers_index, canon.person_aliases
SELECT account.person_key
FROM canon.drivers_index AS account
WHERE account.person_key = %(person_key)s::uuid
UNION
SELECT alias.person_key
FROM canon.person_aliases AS alias
WHERE alias.alias_key = %(person_key)s::uuid
