-- Writes  pg_temp.quarantined_people: one row per touched person one of whose accounts is in quarantine.
-- Reads   pg_temp.person_leads, canon.drivers_index, pg_temp.quarantine_now
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE quarantined_people ON COMMIT DROP AS
SELECT DISTINCT account.person_key
FROM quarantine_now AS quarantine
INNER JOIN canon.drivers_index AS account ON quarantine.driver_id = account.driver_id
INNER JOIN person_leads AS lead ON account.person_key = lead.person_key
