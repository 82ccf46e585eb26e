-- Writes  canon.identity_registry: without the people that were merged away.
-- Reads   pg_temp.affected_people, canon.drivers_index
-- Rerun   safe.
DELETE FROM canon.identity_registry AS person
USING affected_people AS affected
WHERE
    person.person_key = affected.person_key
    AND NOT EXISTS (
        SELECT 1 FROM canon.drivers_index AS member
        WHERE member.person_key = affected.person_key
    )
