-- Returns one row per person key asked for: whether it is current, and who is credited with the person.
-- Reads   canon.drivers_index, observational.lead_ledger
SELECT
    asked.person_key,
    asked.person_key IN (
        SELECT account.person_key FROM canon.drivers_index AS account
        WHERE account.person_key = any(%(people)s::uuid[])
    ) AS is_current,
    ledger.attributed_source,
    ledger.attributed_scout_id,
    ledger.attribution_rule,
    ledger.decision_status
FROM unnest(%(people)s::uuid[]) AS asked (person_key)
LEFT JOIN observational.lead_ledger AS ledger ON asked.person_key = ledger.person_key
