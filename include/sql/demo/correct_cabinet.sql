-- Writes  public.module_ct_cabinet_leads: its owners mend faulty rows and change a few good ones.
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
        lead.id,
        CASE
            WHEN
                lead.lead_created_at IS NULL
                OR lead.lead_created_at > params.local_now + interval '1 day'
                OR lead.lead_created_at < timestamp '2015-01-01'
                THEN 'date_mended'
            WHEN coalesce(btrim(lead.external_id, E' \t\r\n\u00a0'), '') = ''
                THEN 'external_id_filled'
            WHEN lead.lead_created_at > params.local_now - interval '30 days'
                THEN 'date_moved'
        END AS correction
    FROM public.module_ct_cabinet_leads AS lead
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
)

UPDATE public.module_ct_cabinet_leads AS lead
SET
    lead_created_at = CASE ranked.correction
        WHEN 'date_mended'
            THEN coalesce(lead.created_at, params.local_now) - interval '40 minutes'
        WHEN 'date_moved' THEN lead.lead_created_at - interval '1 day'
        ELSE lead.lead_created_at
    END,
    external_id = CASE ranked.correction
        WHEN 'external_id_filled'
            THEN md5(lead.id::text || params.seed)::uuid::text
        ELSE lead.external_id
    END
FROM ranked
CROSS JOIN params
WHERE ranked.id = lead.id AND ranked.place <= ceil(ranked.wanted)
RETURNING 'module_ct_cabinet_leads.' || ranked.correction AS correction
