-- Returns one row per account: its comparable keys, and the person it was joined into.
-- Reads   canon.drivers_index, canon.account_name_keys
WITH
named AS (
    SELECT
        key.account_id,
        string_agg(key.name_key::text, ' ') AS name_keys
    FROM canon.account_name_keys AS key
    GROUP BY key.account_id
)

SELECT
    account.account_id AS unique_id,
    account.phone_norm AS phone,
    account.license_norm AS licence,
    account.plate_norm AS plate,
    account.model_short AS model,
    array_to_string(account.name_tokens, ' ') AS name,
    account.hire_date AS day,
    named.name_keys,
    account.person_key
FROM canon.drivers_index AS account
LEFT JOIN named ON account.account_id = named.account_id
ORDER BY account.account_id
