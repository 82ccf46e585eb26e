-- Writes  the three raw lead tables and truth.leads: without the leads that are held back.
-- Reads   public.bench_held
-- Rerun   safe.
DELETE FROM public.module_ct_cabinet_leads AS lead
USING public.bench_held AS held
WHERE held.source_table = 'module_ct_cabinet_leads' AND lead.id = held.id;

DELETE FROM public.module_ct_scouting_daily AS lead
USING public.bench_held AS held
WHERE held.source_table = 'module_ct_scouting_daily' AND lead.id = held.id;

DELETE FROM public.module_ct_migrations AS lead
USING public.bench_held AS held
WHERE held.source_table = 'module_ct_migrations' AND lead.id = held.id;

DELETE FROM truth.leads AS lead
USING public.bench_held AS held
WHERE lead.source_table = held.source_table AND lead.source_pk = held.source_pk;
