-- Writes  pg_temp.touched: everybody else who has events or a ledger row.
-- Reads   observational.lead_events, observational.lead_ledger, pg_temp.touched
-- Rerun   safe: who is there already is left out.
INSERT INTO touched (person_key)
WITH
everyone AS (
    SELECT event.person_key
    FROM observational.lead_events AS event
    WHERE event.person_key IS NOT NULL
    UNION
    SELECT ledger.person_key
    FROM observational.lead_ledger AS ledger
)

SELECT everyone.person_key
FROM everyone
EXCEPT
SELECT touched.person_key
FROM touched
