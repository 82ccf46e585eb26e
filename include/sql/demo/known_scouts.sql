-- Reads   public.module_ct_scouting_daily: one row per scout, with one way to write their name.
SELECT
    registration.scout_id,
    max(registration.scout_name) AS scout_name
FROM public.module_ct_scouting_daily AS registration
WHERE registration.scout_id IS NOT NULL
GROUP BY registration.scout_id
ORDER BY registration.scout_id
