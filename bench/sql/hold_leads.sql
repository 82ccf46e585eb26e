-- Writes  public.bench_held: the raw leads that landed last, as JSON, in batches that will land again.
-- Reads   the three raw lead tables
-- Rerun   no: the table would be there.
CREATE TABLE public.bench_held AS
WITH
arrived AS (
    SELECT
        'module_ct_cabinet_leads' AS source_table,
        lead.id,
        coalesce(nullif(lead.external_id, ''), lead.id::text) AS source_pk,
        lead.created_at,
        to_jsonb(lead) AS raw
    FROM public.module_ct_cabinet_leads AS lead
    UNION ALL
    SELECT
        'module_ct_scouting_daily' AS source_table,
        lead.id,
        lead.id::text AS source_pk,
        lead.created_at,
        to_jsonb(lead) AS raw
    FROM public.module_ct_scouting_daily AS lead
    UNION ALL
    SELECT
        'module_ct_migrations' AS source_table,
        lead.id,
        lead.id::text AS source_pk,
        lead.created_at,
        to_jsonb(lead) AS raw
    FROM public.module_ct_migrations AS lead
),

placed AS (
    SELECT
        arrived.*,
        row_number() OVER (
            ORDER BY
                arrived.created_at DESC, arrived.source_table DESC, arrived.id DESC
        ) AS place
    FROM arrived
)

SELECT
    placed.source_table,
    placed.id,
    placed.source_pk,
    placed.raw,
    -- The batch that landed last has the greatest number.
    %(batches)s::integer - (placed.place - 1) / %(batch_size)s::integer AS batch
FROM placed
WHERE placed.place <= %(batches)s::integer * %(batch_size)s::integer
