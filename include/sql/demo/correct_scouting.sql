-- Writes  public.module_ct_scouting_daily: its owners mend dates and change the scout of a few rows.
-- Reads   the same; gives back one row per row corrected, named after the correction
-- Rerun   corrects further rows.
WITH
params AS (
    SELECT
        %(local_now)s::timestamp AS local_now,
        %(seed)s::text AS seed,
        %(mended)s::numeric AS mended,
        %(touched)s::numeric AS touched
),

candidates AS (
    SELECT
        registration.id,
        CASE
            WHEN
                registration.registration_date IS NULL
                OR registration.registration_date > params.local_now + interval '1 day'
                OR registration.registration_date < date '2015-01-01'
                THEN 'date_mended'
            WHEN registration.registration_date > params.local_now - interval '30 days'
                THEN 'scout_changed'
        END AS correction
    FROM public.module_ct_scouting_daily AS registration
    CROSS JOIN params
),

-- Chance without random(): the order of hashes.
ranked AS (
    SELECT
        candidates.id,
        candidates.correction,
        row_number() OVER (
            PARTITION BY candidates.correction
            ORDER BY md5(candidates.id::text || params.seed)
        ) AS place,
        count(*) OVER (PARTITION BY candidates.correction)
        * CASE candidates.correction
            WHEN 'scout_changed' THEN params.touched
            ELSE params.mended
        END AS wanted
    FROM candidates
    CROSS JOIN params
    WHERE candidates.correction IS NOT NULL
),

scouts AS (
    SELECT
        registration.scout_id,
        max(registration.scout_name) AS scout_name,
        row_number() OVER (ORDER BY registration.scout_id) AS place,
        count(*) OVER () AS total
    FROM public.module_ct_scouting_daily AS registration
    WHERE registration.scout_id IS NOT NULL
    GROUP BY registration.scout_id
),

-- The registration was really another scout's.
drawn AS (
    SELECT
        ranked.id,
        ranked.correction,
        scouts.scout_id,
        scouts.scout_name
    FROM ranked
    INNER JOIN public.module_ct_scouting_daily AS registration
        ON ranked.id = registration.id
    LEFT JOIN scouts AS before ON registration.scout_id = before.scout_id
    LEFT JOIN scouts ON mod(coalesce(before.place, 0), scouts.total) + 1 = scouts.place
    WHERE ranked.place <= ceil(ranked.wanted)
)

UPDATE public.module_ct_scouting_daily AS registration
SET
    registration_date = CASE drawn.correction
        WHEN 'date_mended'
            THEN coalesce(registration.created_at, params.local_now)::date
        ELSE registration.registration_date
    END,
    scout_id = CASE drawn.correction
        WHEN 'scout_changed' THEN drawn.scout_id
        ELSE registration.scout_id
    END,
    scout_name = CASE drawn.correction
        WHEN 'scout_changed' THEN drawn.scout_name
        ELSE registration.scout_name
    END
FROM drawn
CROSS JOIN params
WHERE drawn.id = registration.id
RETURNING 'module_ct_scouting_daily.' || drawn.correction AS correction
