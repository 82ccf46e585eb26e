-- Writes  ops.published_quarantine: without accounts that came out of quarantine.
-- Reads   pg_temp.quarantine_now
-- Rerun   safe.
DELETE FROM ops.published_quarantine AS published
WHERE NOT EXISTS (
    SELECT 1 FROM quarantine_now AS quarantine
    WHERE quarantine.driver_id = published.driver_id
)
