-- Writes  ops.published_quarantine: the accounts that are in quarantine now.
-- Reads   canon.driver_orphan_quarantine
-- Rerun   safe: accounts that are there are left alone.
INSERT INTO ops.published_quarantine (driver_id)
SELECT quarantine.driver_id
FROM canon.driver_orphan_quarantine AS quarantine
WHERE
    quarantine.status = 'quarantined'
    AND NOT EXISTS (
        SELECT 1 FROM ops.published_quarantine AS published
        WHERE published.driver_id = quarantine.driver_id
    )
