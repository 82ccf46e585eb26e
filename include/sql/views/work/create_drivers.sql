-- Writes  pg_temp.work_drivers: empty; one row per account of which any raw row was written.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE work_drivers (driver_id varchar PRIMARY KEY) ON COMMIT DROP
