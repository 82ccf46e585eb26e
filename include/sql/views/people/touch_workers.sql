-- Writes  pg_temp.touched: people with leads one of whose accounts worked more or less than was known.
-- Reads   pg_temp.changed_days, canon.drivers_index, observational.lead_events
-- Rerun   safe: one row per person.
-- Note    work before the first lead counts for nothing.
INSERT INTO touched (person_key)
SELECT worker.person_key
FROM (
    SELECT
        account.person_key,
        max(changed.work_date) AS last_on
    FROM changed_days AS changed
    INNER JOIN canon.drivers_index AS account ON changed.driver_id = account.driver_id
    WHERE changed.is_other_work
    GROUP BY account.person_key
) AS worker
WHERE
    EXISTS (
        SELECT 1 FROM observational.lead_events AS event
        WHERE
            event.person_key = worker.person_key
            AND event.event_date <= worker.last_on
    )
ORDER BY worker.person_key
ON CONFLICT (person_key) DO NOTHING
