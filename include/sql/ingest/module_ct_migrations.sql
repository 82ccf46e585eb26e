-- Shapes  one row per driver who moved in from another fleet.
-- Reads   public.module_ct_migrations
-- Note    without a hire date the row counts from when it was created.
SELECT
    raw.id AS raw_id,
    raw.id::text AS source_pk,
    coalesce(raw.hire_date, raw.created_at) AS event_at,
    raw.created_at AS landed_at,
    raw.scout_id,
    raw,
    -- Which transaction wrote the row: tells what an earlier read could not see yet.
    raw.xmin AS written_by
FROM public.module_ct_migrations AS raw
