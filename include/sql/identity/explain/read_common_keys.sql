-- Returns one row per key of the one lead that too many people hold, and how many they are.
-- Reads   pg_temp.common_keys, canon.drivers_index
SELECT
    common.kind,
    common.key,
    count(DISTINCT account.person_key) AS people
FROM common_keys AS common
INNER JOIN canon.drivers_index AS account
    ON
    (common.kind = 'phone' AND common.key = account.phone_norm)
    OR (common.kind = 'licence' AND common.key = account.license_norm)
    OR (common.kind = 'plate' AND common.key = account.plate_norm)
GROUP BY common.kind, common.key
ORDER BY common.kind
