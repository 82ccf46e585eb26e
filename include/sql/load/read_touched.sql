-- Returns the stretches of touched days, [day_from, day_to).
-- Reads   pg_temp.touched
SELECT
    touched.day_from,
    touched.day_to
FROM touched
ORDER BY touched.day_from
