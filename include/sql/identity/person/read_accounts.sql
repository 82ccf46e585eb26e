-- Returns one row per account of a person, the anchor first.
-- Reads   canon.drivers_index, canon.identity_links
SELECT
    account.driver_id,
    account.park_id,
    account.hire_date,
    account.phone_norm,
    account.license_norm,
    account.plate_norm,
    account.name_tokens,
    account.model_norm,
    link.match_rule,
    link.evidence
FROM canon.drivers_index AS account
LEFT JOIN canon.identity_links AS link
    ON link.source_table = 'drivers' AND account.driver_id = link.source_pk
WHERE account.person_key = %(person_key)s::uuid
ORDER BY account.business_date ASC NULLS LAST, account.driver_id COLLATE "C" ASC -- noqa: RF02,RF03
