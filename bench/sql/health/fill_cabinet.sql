-- Writes  public.module_ct_cabinet_leads: as many rows; the last days full, the rest years back.
-- Reads   nothing else
WITH
params AS (
    SELECT
        %(rows)s::bigint AS row_count,
        %(daily_rows)s::bigint AS daily_rows,
        %(recent_days)s::bigint AS recent_days
),

numbered AS (
    SELECT
        number.row_no,
        CASE
            WHEN
                params.row_count - number.row_no
                < params.daily_rows * params.recent_days
                THEN
                    (params.row_count - number.row_no)
                    * interval '1 day' / params.daily_rows
            ELSE
                params.recent_days * interval '1 day'
                + (params.row_count - number.row_no)
                * interval '3 years' / params.row_count
        END AS age
    FROM params
    CROSS JOIN generate_series(1, params.row_count) AS number (row_no)
)

INSERT INTO public.module_ct_cabinet_leads (id, lead_created_at, created_at)
SELECT
    numbered.row_no,
    localtimestamp - numbered.age AS lead_created_at,
    localtimestamp - numbered.age AS created_at
FROM numbered
