-- Returns one row per account of a person, with why it is in quarantine if it is.
-- Reads   canon.drivers_index, canon.driver_orphan_quarantine
SELECT
    account.driver_id,
    account.park_id,
    account.name_tokens,
    quarantine.driver_id IS NOT NULL AS is_quarantined,
    quarantine.detected_reason AS quarantine_reason,
    quarantine.detected_at AS quarantined_at
FROM canon.drivers_index AS account
LEFT JOIN canon.driver_orphan_quarantine AS quarantine
    ON
    account.driver_id = quarantine.driver_id
    AND quarantine.status = 'quarantined'
WHERE account.person_key = %(person_key)s::uuid
ORDER BY account.driver_id COLLATE "C" -- noqa: RF02,RF03
