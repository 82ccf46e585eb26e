-- Writes  pg_temp.touched: people one of whose accounts went into quarantine or came out of it.
-- Reads   pg_temp.quarantine_now, ops.published_quarantine, canon.drivers_index
-- Rerun   safe: one row per person.
INSERT INTO touched (person_key)
SELECT DISTINCT account.person_key
FROM (
    SELECT coalesce(present.driver_id, published.driver_id) AS driver_id
    FROM quarantine_now AS present
    FULL JOIN ops.published_quarantine AS published
        ON present.driver_id = published.driver_id
    WHERE present.driver_id IS NULL OR published.driver_id IS NULL
) AS moved
INNER JOIN canon.drivers_index AS account ON moved.driver_id = account.driver_id
WHERE account.person_key IS NOT NULL
ORDER BY account.person_key
ON CONFLICT (person_key) DO NOTHING
