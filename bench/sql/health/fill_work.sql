-- Writes  public.summary_daily: one row per row of the cabinet, on the same days; the newest million.
-- Reads   public.module_ct_cabinet_leads
WITH
params AS (
    SELECT
        %(rows)s::bigint AS row_count,
        %(daily_rows)s::bigint AS daily_rows,
        %(recent_days)s::bigint AS recent_days
)

INSERT INTO public.summary_daily (driver_id, date_file, created_at)
SELECT
    'd' || mod(raw.id, params.daily_rows) AS driver_id,
    to_char(raw.created_at, 'DD-MM-YYYY') AS date_file,
    raw.created_at
FROM public.module_ct_cabinet_leads AS raw
CROSS JOIN params
-- Its date is a text: an index on ten million of them takes a quarter of an hour to make.
WHERE raw.id > params.row_count - 1000000
