-- Returns one row: the lead, its keys as they were last resolved, and whom the tables say it is.
-- Reads   observational.lead_events, canon.lead_keys, canon.identity_links, canon.identity_state
SELECT
    event.id AS event_id,
    event.event_date,
    event.identity_pending AS is_pending,
    kept.event_id IS NOT NULL AS is_resolved,
    kept.phone_norm,
    kept.license_norm,
    kept.plate_norm,
    kept.name_tokens,
    kept.model_norm,
    kept.driver_id,
    coalesce(kept.has_driver_id, false) AS has_driver_id,
    link.person_key AS linked_key,
    state.model_version
FROM observational.lead_events AS event
CROSS JOIN canon.identity_state AS state
LEFT JOIN canon.lead_keys AS kept ON event.id = kept.event_id
LEFT JOIN canon.identity_links AS link
    ON event.source_table = link.source_table AND event.source_pk = link.source_pk
WHERE
    event.source_table = %(source_table)s::varchar
    AND event.source_pk = %(source_pk)s::varchar
