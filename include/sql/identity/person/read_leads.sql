-- Returns one row per event of a person, with its link.
-- Reads   observational.lead_events, canon.identity_links
SELECT
    event.source_table,
    event.source_pk,
    event.event_date,
    event.scout_id,
    link.match_rule,
    link.match_score,
    link.confidence_level
FROM observational.lead_events AS event
LEFT JOIN canon.identity_links AS link
    ON event.source_table = link.source_table AND event.source_pk = link.source_pk
WHERE event.person_key = %(person_key)s::uuid
ORDER BY event.event_date, event.source_table, event.source_pk
