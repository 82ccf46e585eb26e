-- Writes  ops.published_quarantine: the accounts that are in quarantine now.
-- Reads   pg_temp.quarantine_now
-- Rerun   safe: accounts that are there are left alone.
INSERT INTO ops.published_quarantine (driver_id)
SELECT quarantine.driver_id
FROM quarantine_now AS quarantine
WHERE
    NOT EXISTS (
        SELECT 1 FROM ops.published_quarantine AS published
        WHERE published.driver_id = quarantine.driver_id
    )
