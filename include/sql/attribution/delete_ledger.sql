-- Writes  observational.lead_ledger: without touched people who have no events, or who are no
--         current person.
-- Reads   pg_temp.touched, pg_temp.judged
-- Rerun   safe: a row that is gone stays gone.
WITH
gone AS (
    SELECT touched.person_key
    FROM touched
    EXCEPT
    SELECT judged.person_key
    FROM judged
)

DELETE FROM observational.lead_ledger AS ledger
USING gone
WHERE ledger.person_key = gone.person_key
