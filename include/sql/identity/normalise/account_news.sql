-- Writes  pg_temp.account_news: one row per account that is new or written since the last run, and
--         differs from what is known, in comparable form beside its earlier keys.
-- Reads   pg_temp.written_accounts, canon.drivers_index, canon.phone_readings
-- Rerun   dropped with the run.
-- Note    a row's transaction is older than the last run or it may have changed; its hash decides.
CREATE TEMPORARY TABLE account_news ON COMMIT DROP AS
WITH
-- Once per car model, as there are few.
car AS MATERIALIZED (
    SELECT
        known.brand,
        known.model,
        nullif(canon.plain_words(known.brand || ' ' || known.model), '') AS model_norm,
        nullif(canon.plain_words(known.model), '') AS model_short
    FROM (
        SELECT DISTINCT
            coalesce(written.car_brand, '') AS brand,
            coalesce(written.car_model, '') AS model
        FROM written_accounts AS written
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
    FROM written_accounts AS written
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
    coalesce(changed.mobile_norm, reading.phone_norm) AS phone_norm,
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
            WHEN cardinality(plain.words) = cardinality(named.tokens)
                THEN named.tokens
            ELSE array(
                SELECT word.word
                FROM unnest(plain.words) AS word (word)
                ORDER BY word.word COLLATE "C" -- noqa: RF02
            )
        END, ' '
    ) AS name_norm,
    coalesce(named.tokens, '{}') AS name_tokens,
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
CROSS JOIN
    LATERAL ( -- noqa: ST05
        SELECT canon.sorted_tokens(plain.words) AS tokens
        LIMIT 1 -- noqa: AM09
    ) AS named
LEFT JOIN car
    ON
    coalesce(changed.car_brand, '') = car.brand
    AND coalesce(changed.car_model, '') = car.model
LEFT JOIN canon.phone_readings AS reading
    ON changed.mobile_norm IS NULL AND changed.phone = reading.raw
