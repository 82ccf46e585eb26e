-- Writes  observational.lead_events: one lead per person, resolved.
-- Rerun   no: the keys would be taken.
INSERT INTO observational.lead_events (
    source_table,
    source_pk,
    event_date,
    person_key,
    scout_id,
    payload_json,
    identity_pending
)
SELECT
    CASE mod(lead.place, 10)
        WHEN 0 THEN 'module_ct_migrations'
        WHEN 1 THEN 'module_ct_scouting_daily'
        WHEN 2 THEN 'module_ct_scouting_daily'
        ELSE 'module_ct_cabinet_leads'
    END AS source_table,
    lead.place::varchar AS source_pk,
    date '2026-01-01' + mod(lead.place, 300) AS event_date,
    md5('person ' || lead.place)::uuid AS person_key,
    CASE WHEN mod(lead.place, 10) < 3 THEN mod(lead.place, 40) END AS scout_id,
    jsonb_build_object(
        'origin_tag',
        CASE WHEN mod(lead.place, 10) = 0 THEN 'fleet_migration' ELSE 'cabinet' END,
        'status', 'active', 'tariff', 'economy', 'target_city', 'Lima',
        'first_name', 'Name', 'last_name', lead.place::text,
        'lead_created_at', date '2026-01-01' + mod(lead.place, 300)
    ) AS payload_json,
    false AS identity_pending
FROM generate_series(1, %(people)s::integer) AS lead (place)
