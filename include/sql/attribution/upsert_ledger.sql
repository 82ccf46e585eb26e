-- Writes  observational.lead_ledger: one row per touched person with events, where it differs.
-- Reads   pg_temp.judged
-- Rerun   safe: rows that are current are left out before the upsert.
INSERT INTO observational.lead_ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule,
    attribution_score, confidence_level, evidence_json, decision_status, updated_at
)
SELECT
    judged.person_key,
    judged.attributed_source,
    judged.attributed_scout_id,
    judged.attribution_rule,
    judged.attribution_score,
    judged.confidence_level,
    judged.evidence_json,
    judged.decision_status,
    %(read_at)s::timestamptz AS updated_at
FROM judged
WHERE NOT judged.is_current
ON CONFLICT (person_key) DO UPDATE
    SET
        attributed_source = excluded.attributed_source,
        attributed_scout_id = excluded.attributed_scout_id,
        attribution_rule = excluded.attribution_rule,
        attribution_score = excluded.attribution_score,
        confidence_level = excluded.confidence_level,
        evidence_json = excluded.evidence_json,
        decision_status = excluded.decision_status,
        updated_at = excluded.updated_at
