-- Shapes  one row per driver registered by a scout.
-- Reads   public.module_ct_scouting_daily
-- Note    the event time is a date: it counts as the local midnight that begins it.
SELECT
    raw.id AS raw_id,
    raw.id::text AS source_pk,
    raw.registration_date AS event_at,
    raw.created_at AS landed_at,
    raw.scout_id,
    raw,
    -- Which transaction wrote the row: tells what an earlier read could not see yet.
    raw.xmin AS written_by
FROM public.module_ct_scouting_daily AS raw
