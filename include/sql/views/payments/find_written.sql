-- Writes  pg_temp.payment_news: one row per payment that is new or says something else.
-- Reads   public.module_ct_cabinet_payments, ops.cabinet_payments
-- Rerun   dropped with the run.
-- Note    a row's transaction is older than the last read or it may have changed; its hash decides.
INSERT INTO payment_news (
    payment_id, paid_on, driver_id, name_key, trip_1, trip_5, trip_25, raw_hash, is_new,
    old_person_key
)
WITH
written AS (
    SELECT
        raw.id::varchar AS payment_id,
        raw.date::varchar AS paid_on,
        raw.driver::varchar AS driver,
        raw.driver_id::varchar AS driver_id,
        coalesce(raw.trip_1, false) AS trip_1,
        coalesce(raw.trip_5, false) AS trip_5,
        coalesce(raw.trip_25, false) AS trip_25
    FROM public.module_ct_cabinet_payments AS raw
    WHERE
        %(old_age)s::bigint IS NULL
        OR age(raw.xmin) <= %(old_age)s::bigint
),

hashed AS (
    SELECT
        written.*,
        hash_record_extended(written, 0) AS raw_hash
    FROM written
)

SELECT
    hashed.payment_id,
    ops.read_date(left(btrim(hashed.paid_on), 10)) AS paid_on,
    nullif(btrim(hashed.driver_id), '') AS driver_id,
    CASE
        WHEN cardinality(words.words) >= 2
            THEN array_to_string(
                array(
                    SELECT word.word
                    FROM unnest(words.words) AS word (word)
                    ORDER BY word.word COLLATE "C" -- noqa: RF02
                ), ' '
            )
    END AS name_key,
    hashed.trip_1,
    hashed.trip_5,
    hashed.trip_25,
    hashed.raw_hash,
    known.payment_id IS NULL AS is_new,
    known.person_key AS old_person_key
FROM hashed
CROSS JOIN
    LATERAL ( -- noqa: ST05
        SELECT canon.name_words(hashed.driver) AS words
        LIMIT 1 -- noqa: AM09
    ) AS words
LEFT JOIN ops.cabinet_payments AS known ON hashed.payment_id = known.payment_id
WHERE known.raw_hash IS DISTINCT FROM hashed.raw_hash
