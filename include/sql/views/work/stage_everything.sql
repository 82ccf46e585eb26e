-- Writes  pg_temp.work_rows: a window on all raw rows.
-- Reads   public.summary_daily
-- Rerun   dropped by the run.
CREATE TEMPORARY VIEW work_rows AS
SELECT
    raw.driver_id::varchar AS driver_id,
    raw.date_file::varchar AS date_file,
    raw.count_orders_completed::integer AS trip_count,
    raw.sum_work_time_seconds::integer AS work_seconds,
    raw.created_at::timestamp AS reported_at
FROM public.summary_daily AS raw
