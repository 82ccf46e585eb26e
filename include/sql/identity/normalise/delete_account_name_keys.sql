-- Writes  canon.account_name_keys: without the keys that changed accounts no longer have.
-- Reads   pg_temp.changed_name_keys
-- Rerun   safe.
DELETE FROM canon.account_name_keys AS kept
USING changed_name_keys AS changed
WHERE
    kept.name_key = changed.name_key
    AND kept.account_id = changed.account_id
    AND changed.is_old
