-- Writes  pg_temp.person_events: one row per lead event of a touched person.
-- Reads   pg_temp.touched, observational.lead_events
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE person_events ON COMMIT DROP AS
SELECT
    touched.person_key,
    lead.payload_json ->> 'origin_tag' AS origin_tag,
    lead.event_date,
    lead.source_table,
    lead.source_pk,
    lead.scout_id
FROM touched
INNER JOIN observational.lead_events AS lead ON touched.person_key = lead.person_key
