-- Writes  pg_temp.written_accounts: one row per account that is new or was written since the last run, as
--         it is written, and its phone where that is a plain mobile.
-- Reads   public.drivers
-- Rerun   dropped with the run.
-- Note    one look at the table for all that needs it: what is committed later waits for the next run.
--         The casts make its columns' types no matter.
CREATE TEMPORARY TABLE written_accounts ON COMMIT DROP AS
SELECT
    raw.driver_id::varchar AS driver_id,
    raw.park_id::varchar AS park_id,
    raw.phone::text AS phone,
    raw.license_number::text AS license_number,
    raw.license_normalized_number::text AS license_normalized_number,
    raw.car_number::text AS car_number,
    raw.car_normalized_number::text AS car_normalized_number,
    raw.car_brand::text AS car_brand,
    raw.car_model::text AS car_model,
    raw.hire_date::date AS hire_date,
    raw.created_at::timestamp AS created_at,
    coalesce(raw.updated_at::timestamp, raw.created_at::timestamp) AS snapshot_at,
    coalesce(
        nullif(btrim(raw.full_name::text), ''),
        nullif(
            btrim(concat_ws(' ', raw.first_name, raw.middle_name, raw.last_name)), ''
        )
    ) AS full_name,
    canon.mobile_norm(raw.phone::text) AS mobile_norm
FROM public.drivers AS raw
WHERE
    btrim(raw.driver_id::text) != ''
    AND (
        %(drivers_age)s::bigint IS NULL
        OR age(raw.xmin) <= %(drivers_age)s::bigint
    )
