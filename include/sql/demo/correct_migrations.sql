-- Writes  public.module_ct_migrations: its owners mend dates and name drivers that were missing.
-- Reads   the same and public.drivers; gives back one row per row corrected, named after the correction
-- Rerun   corrects further rows.
WITH
params AS (
    SELECT
        %(local_now)s::timestamp AS local_now,
        %(seed)s::text AS seed,
        %(mended)s::numeric AS mended,
        %(touched)s::numeric AS touched
),

dated AS (
    SELECT
        lead.id,
        lead.driver_id,
        lead.hire_date,
        coalesce(lead.hire_date, lead.created_at) AS event_at
    FROM public.module_ct_migrations AS lead
),

candidates AS (
    SELECT
        dated.id,
        CASE
            WHEN
                dated.event_at IS NULL
                OR dated.event_at > params.local_now + interval '1 day'
                OR dated.event_at < timestamp '2015-01-01'
                THEN 'date_mended'
            WHEN coalesce(btrim(dated.driver_id), '') = '' THEN 'driver_named'
            WHEN dated.hire_date > params.local_now - interval '30 days'
                THEN 'date_moved'
        END AS correction
    FROM dated
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
            WHEN 'date_moved' THEN params.touched
            ELSE params.mended
        END AS wanted
    FROM candidates
    CROSS JOIN params
    WHERE candidates.correction IS NOT NULL
),

-- Accounts that no migration names yet, one for each missing name.
unnamed AS (
    SELECT
        driver.driver_id,
        row_number() OVER (ORDER BY md5(driver.driver_id || params.seed)) AS place
    FROM public.drivers AS driver
    CROSS JOIN params
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM public.module_ct_migrations AS lead
            WHERE lead.driver_id = driver.driver_id
        )
)

UPDATE public.module_ct_migrations AS lead
SET
    hire_date = CASE ranked.correction
        WHEN 'date_mended' THEN coalesce(lead.created_at, params.local_now)::date
        WHEN 'date_moved' THEN lead.hire_date - 1
        ELSE lead.hire_date
    END,
    driver_id = CASE ranked.correction
        WHEN 'driver_named' THEN coalesce(unnamed.driver_id, lead.driver_id)
        ELSE lead.driver_id
    END,
    updated_at = params.local_now::timestamp(0)
FROM ranked
CROSS JOIN params
LEFT JOIN unnamed ON ranked.place = unnamed.place
WHERE ranked.id = lead.id AND ranked.place <= ceil(ranked.wanted)
RETURNING 'module_ct_migrations.' || ranked.correction AS correction
