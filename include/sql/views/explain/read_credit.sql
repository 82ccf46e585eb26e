-- Returns one row: who is credited with a person and by which lead; none without leads.
-- Reads   observational.lead_ledger
SELECT
    ledger.attribution_rule,
    ledger.attributed_source,
    ledger.attributed_scout_id AS scout_id,
    ledger.decision_status,
    ledger.evidence_json #>> '{winning_event,source_table}' AS source_table,
    ledger.evidence_json #>> '{winning_event,source_pk}' AS source_pk,
    (ledger.evidence_json #>> '{winning_event,event_date}')::date AS event_date
FROM observational.lead_ledger AS ledger
WHERE ledger.person_key = %(person_key)s::uuid
