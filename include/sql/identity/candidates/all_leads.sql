-- Writes  pg_temp.dirty_leads: one row per lead there is, so that all are judged.
-- Reads   canon.lead_keys
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE dirty_leads ON COMMIT DROP AS
SELECT lead.event_id
FROM canon.lead_keys AS lead
