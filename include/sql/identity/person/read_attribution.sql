-- Returns one row: who is credited with a person; none without events.
-- Reads   observational.lead_ledger
SELECT
    ledger.attributed_source,
    ledger.attributed_scout_id,
    ledger.attribution_rule,
    ledger.attribution_score,
    ledger.confidence_level,
    ledger.decision_status,
    ledger.evidence_json AS evidence,
    ledger.updated_at
FROM observational.lead_ledger AS ledger
WHERE ledger.person_key = %(person_key)s::uuid
