-- Returns one row per person key that this run looked at.
-- Reads   pg_temp.affected_people, pg_temp.touched
SELECT affected.person_key
FROM affected_people AS affected
UNION
SELECT touched.person_key
FROM touched
