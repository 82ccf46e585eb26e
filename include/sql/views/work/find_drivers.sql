-- Writes  pg_temp.work_drivers: one row per account of which any raw row was written since the last read.
-- Reads   public.summary_daily
-- Rerun   dropped with the run.
INSERT INTO work_drivers (driver_id)
SELECT DISTINCT coalesce(raw.driver_id::varchar, '') AS driver_id
FROM public.summary_daily AS raw
WHERE age(raw.xmin) <= %(old_age)s::bigint
