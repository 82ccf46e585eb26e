-- Writes  canon.lead_keys: the keys of new and changed leads.
-- Reads   pg_temp.lead_news, canon.lead_keys
-- Rerun   safe: a lead whose keys did not change is left out before the write.
INSERT INTO canon.lead_keys AS kept (
    event_id, source_table, source_pk, event_date, phone_norm, license_norm, plate_norm,
    name_tokens, model_norm, driver_id, has_driver_id
)
SELECT
    news.event_id,
    news.source_table,
    news.source_pk,
    news.event_date,
    news.phone_norm,
    news.license_norm,
    news.plate_norm,
    news.name_tokens,
    news.model_norm,
    news.driver_id,
    news.has_driver_id
FROM lead_news AS news
LEFT JOIN canon.lead_keys AS known ON news.event_id = known.event_id
WHERE
    (
        known.source_table, known.source_pk, known.event_date, known.phone_norm,
        known.license_norm, known.plate_norm, known.name_tokens, known.model_norm,
        known.driver_id, known.has_driver_id
    ) IS DISTINCT FROM (
        news.source_table, news.source_pk, news.event_date, news.phone_norm,
        news.license_norm, news.plate_norm, news.name_tokens, news.model_norm,
        news.driver_id, news.has_driver_id
    )
ON CONFLICT (event_id) DO UPDATE
    SET
        source_table = excluded.source_table,
        source_pk = excluded.source_pk,
        event_date = excluded.event_date,
        phone_norm = excluded.phone_norm,
        license_norm = excluded.license_norm,
        plate_norm = excluded.plate_norm,
        name_tokens = excluded.name_tokens,
        model_norm = excluded.model_norm,
        driver_id = excluded.driver_id,
        has_driver_id = excluded.has_driver_id
