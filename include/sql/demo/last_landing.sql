-- Reads   the three lead tables: when the last row appeared, in naive local time.
SELECT max(landed.created_at) AS last_landing
FROM (
    SELECT lead.created_at FROM public.module_ct_cabinet_leads AS lead
    UNION ALL
    SELECT lead.created_at FROM public.module_ct_scouting_daily AS lead
    UNION ALL
    SELECT lead.created_at FROM public.module_ct_migrations AS lead
) AS landed
