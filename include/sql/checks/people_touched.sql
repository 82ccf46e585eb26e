-- Writes  pg_temp.checked_people: the people of this refresh.
-- Reads   pg_temp.touched
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_people AS
SELECT touched.person_key FROM touched
