-- Writes  observational.lead_events: one event per row of the cabinet, made when it landed.
-- Reads   public.module_ct_cabinet_leads
WITH
params AS (
    SELECT
        %(rows)s::bigint AS row_count,
        %(daily_rows)s::bigint AS daily_rows,
        %(recent_days)s::bigint AS recent_days
)

INSERT INTO observational.lead_events (
    source_table, source_pk, raw_pk, event_date, created_at
)
SELECT
    'module_ct_cabinet_leads' AS source_table,
    raw.id::text AS source_pk,
    raw.id::text AS raw_pk,
    raw.lead_created_at::date AS event_date,
    raw.created_at
FROM public.module_ct_cabinet_leads AS raw
CROSS JOIN params
