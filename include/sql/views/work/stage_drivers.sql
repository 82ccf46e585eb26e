-- Writes  pg_temp.work_rows: all raw rows of the accounts of which any was written.
-- Reads   public.summary_daily, pg_temp.work_drivers
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE work_rows ON COMMIT DROP AS
SELECT
    raw.driver_id::varchar AS driver_id,
    raw.date_file::varchar AS date_file,
    raw.count_orders_completed::integer AS trip_count,
    raw.sum_work_time_seconds::integer AS work_seconds,
    raw.created_at::timestamp AS reported_at
FROM public.summary_daily AS raw
WHERE
    coalesce(raw.driver_id::varchar, '') IN (
        SELECT work_drivers.driver_id FROM work_drivers
    )
