-- Writes  the three raw lead tables: one batch of the leads that were held back.
-- Reads   public.bench_held
-- Rerun   no: the ids would be taken.
WITH
held AS MATERIALIZED (
    SELECT
        batch.source_table,
        batch.raw
    FROM public.bench_held AS batch
    WHERE batch.batch = %(batch)s::integer
),

cabinet AS (
    INSERT INTO public.module_ct_cabinet_leads
    SELECT lead.*
    FROM held
    CROSS JOIN
        LATERAL jsonb_populate_record(NULL::public.module_ct_cabinet_leads, held.raw)
            AS lead
    WHERE held.source_table = 'module_ct_cabinet_leads'
),

scouting AS (
    INSERT INTO public.module_ct_scouting_daily
    SELECT lead.*
    FROM held
    CROSS JOIN
        LATERAL jsonb_populate_record(NULL::public.module_ct_scouting_daily, held.raw)
            AS lead
    WHERE held.source_table = 'module_ct_scouting_daily'
)

INSERT INTO public.module_ct_migrations
SELECT lead.*
FROM held
CROSS JOIN
    LATERAL jsonb_populate_record(NULL::public.module_ct_migrations, held.raw)
        AS lead
WHERE held.source_table = 'module_ct_migrations'
