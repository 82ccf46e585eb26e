-- Returns one row per decision about an account of the person, or a lead of theirs.
-- Reads   canon.identity_decisions, canon.drivers_index, observational.lead_events
SELECT decision.id
FROM canon.identity_decisions AS decision
INNER JOIN canon.drivers_index AS account
    ON account.driver_id IN (decision.driver_a, decision.driver_b)
WHERE account.person_key = %(person_key)s::uuid
UNION
SELECT decision.id
FROM canon.identity_decisions AS decision
INNER JOIN observational.lead_events AS event
    ON
    decision.source_table = event.source_table
    AND decision.source_pk = event.source_pk
WHERE event.person_key = %(person_key)s::uuid
