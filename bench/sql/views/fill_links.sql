-- Writes  canon.identity_links: each lead's link.
-- Reads   observational.lead_events
-- Rerun   no: the keys would be taken.
INSERT INTO canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score,
    confidence_level, evidence
)
SELECT
    event.person_key,
    event.source_table,
    event.source_pk,
    event.event_date,
    'SCORE' AS match_rule,
    99 AS match_score,
    'HIGH' AS confidence_level,
    '{}' AS evidence
FROM observational.lead_events AS event
