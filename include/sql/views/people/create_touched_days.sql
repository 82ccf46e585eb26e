-- Writes  pg_temp.touched_days: empty; one row per day whose leads the checks count.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched_days (covered_on date PRIMARY KEY) ON COMMIT DROP
