-- Returns one row: how many rows the raw table has.
-- Reads   public.summary_daily
SELECT count(*) AS row_count
FROM public.summary_daily
