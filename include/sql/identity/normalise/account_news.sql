-- Writes  pg_temp.account_news: one row per account that is new or written since the last run, and
--         differs from what is known, in comparable form beside its earlier keys.
-- Reads   public.drivers, canon.drivers_index, canon.phone_readings
-- Rerun   dropped with the run.
-- Note    a row's transaction is older than the last run or it may have changed; its hash decides.
CREATE TEMPORARY TABLE account_news ON COMMIT DROP AS
WITH
written AS (
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
                btrim(
                    concat_ws(' ', raw.first_name, raw.middle_name, raw.last_name)
                ), ''
            )
        ) AS full_name
    FROM public.drivers AS raw
    WHERE
        btrim(raw.driver_id) != ''
        AND (
            %(drivers_age)s::bigint IS NULL
            OR age(raw.xmin) <= %(drivers_age)s::bigint
        )
    OFFSET 0 -- noqa: AM09
),

-- Once per car model, as there are few.
car AS MATERIALIZED (
    SELECT
        known.brand,
        known.model,
        nullif(canon.plain_words(known.brand || ' ' || known.model), '') AS model_norm,
        nullif(canon.plain_words(known.model), '') AS model_short
    FROM (
        SELECT DISTINCT
            coalesce(raw.car_brand, '') AS brand,
            coalesce(raw.car_model, '') AS model
        FROM public.drivers AS raw
        WHERE
            %(drivers_age)s::bigint IS NULL
            OR age(raw.xmin) <= %(drivers_age)s::bigint
    ) AS known
),

changed AS (
    SELECT
        written.*,
        hash.raw_hash,
        known.account_id,
        known.phone_norm AS old_phone_norm,
        known.license_norm AS old_license_norm,
        known.plate_norm AS old_plate_norm,
        known.name_norm AS old_name_norm,
        known.name_tokens AS old_name_tokens,
        known.model_norm AS old_model_norm,
        known.model_short AS old_model_short,
        known.hire_date AS old_hire_date,
        known.park_id AS old_park_id,
        known.business_date AS old_business_date
    FROM written
    CROSS JOIN
        LATERAL ( -- noqa: ST05
            SELECT hash_record_extended(written, 0) AS raw_hash
            LIMIT 1 -- noqa: AM09
        ) AS hash
    LEFT JOIN canon.drivers_index AS known ON written.driver_id = known.driver_id
    WHERE known.raw_hash IS DISTINCT FROM hash.raw_hash
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
        canon.licence_norm(plain.licence),
        canon.licence_norm(canon.alphanumerics(changed.license_normalized_number))
    ) AS license_norm,
    coalesce(
        canon.plate_norm(plain.plate),
        canon.plate_norm(canon.alphanumerics(changed.car_normalized_number))
    ) AS plate_norm,
    array_to_string(
        CASE
            WHEN cardinality(plain.words) = cardinality(canon.sorted_words(plain.words))
                THEN canon.sorted_words(plain.words)
            ELSE array(
                SELECT word.word
                FROM unnest(plain.words) AS word (word)
                ORDER BY word.word COLLATE "C" -- noqa: RF02
            )
        END, ' '
    ) AS name_norm,
    CASE
        WHEN array_to_string(plain.words, ' ') ~ '\m[A-Z]\M'
            THEN canon.name_tokens(changed.full_name)
        ELSE coalesce(canon.sorted_words(plain.words), '{}')
    END AS name_tokens,
    car.model_norm,
    car.model_short,
    changed.full_name,
    changed.hire_date,
    coalesce(changed.hire_date, changed.created_at::date) AS business_date,
    changed.snapshot_at,
    changed.raw_hash,
    changed.old_phone_norm,
    changed.old_license_norm,
    changed.old_plate_norm,
    changed.old_name_norm,
    changed.old_name_tokens,
    changed.old_model_norm,
    changed.old_model_short,
    changed.old_hire_date,
    changed.old_park_id,
    changed.old_business_date
FROM changed
CROSS JOIN
    LATERAL ( -- noqa: ST05
        SELECT
            canon.alphanumerics(changed.license_number) AS licence,
            canon.alphanumerics(changed.car_number) AS plate,
            canon.name_words(changed.full_name) AS words
        LIMIT 1 -- noqa: AM09
    ) AS plain
LEFT JOIN car
    ON
    coalesce(changed.car_brand, '') = car.brand
    AND coalesce(changed.car_model, '') = car.model
LEFT JOIN canon.phone_readings AS reading
    ON changed.phone = reading.raw AND NOT canon.is_mobile(changed.phone)
