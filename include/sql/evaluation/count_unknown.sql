-- Returns one row: how many rows of the file name a lead, and how many an account, that is not there.
-- Reads   pg_temp.told_leads, observational.lead_events, canon.drivers_index
SELECT
    count(*) FILTER (WHERE event.id IS NULL) AS unknown_leads,
    count(*) FILTER (
        WHERE told.driver_id IS NOT NULL AND account.driver_id IS NULL
    ) AS unknown_accounts
FROM told_leads AS told
LEFT JOIN observational.lead_events AS event
    ON told.source_table = event.source_table AND told.source_pk = event.source_pk
LEFT JOIN canon.drivers_index AS account ON told.driver_id = account.driver_id
