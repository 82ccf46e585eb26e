-- Writes  pg_temp.checked_days: the days of the leads of this refresh.
-- Reads   pg_temp.touched_days
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_days AS
SELECT touched_days.covered_on FROM touched_days
