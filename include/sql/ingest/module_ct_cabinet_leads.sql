-- Shapes  one row per registration on the partner platform.
-- Reads   public.module_ct_cabinet_leads
-- Note    a blank external_id falls back to the row's own id; filled in later, the event follows.
SELECT
    raw.id AS raw_id,
    coalesce(
        nullif(btrim(raw.external_id, E' \t\r\n\u00a0'), ''), raw.id::text
    ) AS source_pk,
    raw.lead_created_at AS event_at,
    raw.created_at AS landed_at,
    NULL::integer AS scout_id,
    raw,
    -- Which transaction wrote the row: tells what an earlier read could not see yet.
    raw.xmin AS written_by
FROM public.module_ct_cabinet_leads AS raw
