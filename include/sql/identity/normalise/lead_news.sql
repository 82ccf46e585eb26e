-- Writes  pg_temp.lead_news: one row per lead that is new or changed, in comparable form.
-- Reads   pg_temp.lead_fields, canon.lead_keys, canon.phone_readings
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE lead_news ON COMMIT DROP AS
WITH
plain AS (
    SELECT
        field.*,
        canon.alphanumerics(field.licence) AS licence_plain,
        canon.alphanumerics(field.plate) AS plate_plain
    FROM lead_fields AS field
    OFFSET 0 -- noqa: AM09
)

SELECT
    plain.event_id,
    plain.source_table,
    plain.source_pk,
    plain.event_date,
    coalesce(canon.mobile_norm(plain.phone), reading.phone_norm) AS phone_norm,
    canon.licence_norm(plain.licence_plain) AS license_norm,
    canon.plate_norm(plain.plate_plain) AS plate_norm,
    coalesce(canon.name_tokens(plain.name), '{}') AS name_tokens,
    nullif(canon.plain_words(plain.model), '') AS model_norm,
    nullif(btrim(plain.driver_id), '') AS driver_id,
    plain.has_driver_id,
    known.event_id IS NOT NULL AS is_known,
    known.source_table AS old_source_table,
    known.source_pk AS old_source_pk,
    known.name_tokens AS old_name_tokens,
    known.model_norm AS old_model_norm
FROM plain
LEFT JOIN canon.phone_readings AS reading
    ON plain.phone = reading.raw AND NOT canon.is_mobile(plain.phone)
LEFT JOIN canon.lead_keys AS known ON plain.event_id = known.event_id
