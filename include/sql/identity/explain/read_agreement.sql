-- Returns one row per account of a candidate: what agrees with the one lead, and the values compared.
-- Reads   pg_temp.comparisons, canon.drivers_index
SELECT
    compared.phone,
    compared.licence,
    compared.plate,
    compared.model,
    compared.shared,
    compared.near,
    compared.left_over,
    compared.days_after_hire,
    account.phone_norm,
    account.license_norm,
    account.plate_norm,
    account.name_tokens,
    account.model_norm,
    account.hire_date
FROM comparisons AS compared
INNER JOIN canon.drivers_index AS account ON compared.account_id = account.account_id
WHERE compared.person_key = %(person_key)s::uuid
ORDER BY compared.driver_id COLLATE "C" -- noqa: RF02,RF03
