-- Writes  ops.published_quarantine: without accounts that came out of quarantine.
-- Reads   canon.driver_orphan_quarantine
-- Rerun   safe.
DELETE FROM ops.published_quarantine AS published
WHERE NOT EXISTS (
    SELECT 1 FROM canon.driver_orphan_quarantine AS quarantine
    WHERE
        quarantine.driver_id = published.driver_id
        AND quarantine.status = 'quarantined'
)
