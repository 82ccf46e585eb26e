-- Writes  pg_temp.account_news: one row per account that is new or written since the last run, and
--         differs from what is known, in comparable form beside its earlier keys.
-- Reads   public.drivers, canon.drivers_index, canon.phone_readings
-- Rerun   dropped with the run.
-- Note    a row's transaction is older than the last run or it may have changed; its hash decides.
CREATE TEMPORARY TABLE account_news ON COMMIT DROP AS
WITH
params AS (
    SELECT %(drivers_age)s::bigint AS drivers_age
),

written AS MATERIALIZED (
    SELECT
        raw.driver_id::varchar AS driver_id,
        raw.park_id::varchar AS park_id,
        raw.phone,
        raw.license_number,
        raw.license_normalized_number,
        raw.car_number,
        raw.car_normalized_number,
        raw.car_brand,
        raw.car_model,
        raw.hire_date,
        raw.created_at,
        coalesce(raw.updated_at, raw.created_at)::timestamp AS snapshot_at,
        coalesce(
            nullif(btrim(raw.full_name), ''),
            nullif(
                btrim(concat_ws(' ', raw.first_name, raw.middle_name, raw.last_name)),
                ''
            )
        ) AS full_name
    FROM public.drivers AS raw
    CROSS JOIN params
    WHERE params.drivers_age IS NULL OR age(raw.xmin) <= params.drivers_age
),

hashed AS MATERIALIZED (
    SELECT
        written.*,
        hash_record_extended(written, 0) AS raw_hash
    FROM written
    WHERE btrim(written.driver_id) != ''
),

changed AS MATERIALIZED (
    SELECT
        hashed.*,
        known.account_id,
        known.phone_norm AS old_phone_norm,
        known.license_norm AS old_license_norm,
        known.plate_norm AS old_plate_norm,
        known.name_tokens AS old_name_tokens,
        known.model_norm AS old_model_norm,
        known.model_short AS old_model_short,
        known.hire_date AS old_hire_date,
        known.park_id AS old_park_id,
        known.business_date AS old_business_date,
        canon.alphanumerics(hashed.license_number) AS licence,
        canon.alphanumerics(hashed.license_normalized_number) AS licence_normalised,
        canon.alphanumerics(hashed.car_number) AS plate,
        canon.alphanumerics(hashed.car_normalized_number) AS plate_normalised,
        canon.name_words(hashed.full_name) AS words
    FROM hashed
    LEFT JOIN canon.drivers_index AS known ON hashed.driver_id = known.driver_id
    WHERE known.raw_hash IS DISTINCT FROM hashed.raw_hash
)

SELECT
    coalesce(
        changed.account_id, nextval('canon.drivers_index_account_id_seq')
    ) AS account_id,
    changed.account_id IS NULL AS is_new,
    changed.driver_id,
    changed.park_id,
    coalesce(canon.mobile_norm(changed.phone), reading.phone_norm) AS phone_norm,
    coalesce(
        canon.licence_norm(changed.licence),
        canon.licence_norm(changed.licence_normalised)
    ) AS license_norm,
    coalesce(
        canon.plate_norm(changed.plate), canon.plate_norm(changed.plate_normalised)
    ) AS plate_norm,
    (
        SELECT string_agg(word.word, ' ' ORDER BY word.word COLLATE "C")
        FROM unnest(changed.words) AS word (word)
        WHERE NOT canon.is_particle(word.word)
    ) AS name_norm,
    array(
        SELECT DISTINCT word.word COLLATE "C"
        FROM unnest(changed.words) AS word (word)
        WHERE length(word.word) > 1 AND NOT canon.is_particle(word.word)
        ORDER BY 1
    ) AS name_tokens,
    nullif(
        canon.plain_words(concat_ws(' ', changed.car_brand, changed.car_model)), ''
    ) AS model_norm,
    nullif(canon.plain_words(changed.car_model), '') AS model_short,
    changed.full_name,
    changed.hire_date,
    coalesce(changed.hire_date, changed.created_at::date) AS business_date,
    changed.snapshot_at,
    changed.raw_hash,
    changed.old_phone_norm,
    changed.old_license_norm,
    changed.old_plate_norm,
    changed.old_name_tokens,
    changed.old_model_norm,
    changed.old_model_short,
    changed.old_hire_date,
    changed.old_park_id,
    changed.old_business_date
FROM changed
LEFT JOIN canon.phone_readings AS reading
    ON changed.phone = reading.raw AND NOT canon.is_mobile(changed.phone)
