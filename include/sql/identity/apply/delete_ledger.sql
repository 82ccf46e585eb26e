-- Writes  observational.lead_ledger: without the people that were merged away.
-- Reads   pg_temp.affected_people, canon.drivers_index
-- Rerun   safe.
DELETE FROM observational.lead_ledger AS ledger
USING affected_people AS affected
WHERE
    ledger.person_key = affected.person_key
    AND NOT EXISTS (
        SELECT 1 FROM canon.drivers_index AS member
        WHERE member.person_key = affected.person_key
    )
