-- Writes  canon.account_name_keys: the keys of changed accounts.
-- Reads   pg_temp.changed_name_keys
-- Rerun   safe: after the delete none of them is there.
INSERT INTO canon.account_name_keys (name_key, account_id)
SELECT
    changed.name_key,
    changed.account_id
FROM changed_name_keys AS changed
WHERE NOT changed.is_old
ORDER BY changed.name_key
