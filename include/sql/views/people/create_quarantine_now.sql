-- Writes  pg_temp.quarantine_now: the accounts in quarantine, as this refresh compares them with the last
--         one's.
-- Reads   canon.driver_orphan_quarantine
-- Rerun   dropped with the run.
-- Note    read once: people change it at any time, and a change that comes after is the next one's.
CREATE TEMPORARY TABLE quarantine_now ON COMMIT DROP AS
SELECT quarantine.driver_id
FROM canon.driver_orphan_quarantine AS quarantine
WHERE quarantine.status = 'quarantined'
