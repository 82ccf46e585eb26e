-- Returns one row: the person of an account; none when the account is unknown.
-- Reads   canon.drivers_index
SELECT account.person_key
FROM canon.drivers_index AS account
WHERE account.driver_id = %(driver_id)s::varchar
