-- Returns one row per lead of a person and origin, with its link, the oldest first.
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
    ON
    event.source_table = link.source_table
    AND event.source_pk = link.source_pk
    AND event.person_key = link.person_key
WHERE
    event.person_key = %(person_key)s::uuid
    AND event.payload_json ->> 'origin_tag' = %(origin_tag)s::varchar
ORDER BY event.event_date, event.source_table, event.source_pk
