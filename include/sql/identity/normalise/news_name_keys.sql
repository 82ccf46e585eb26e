-- Writes  pg_temp.news_name_keys: the name keys of new and changed leads, as they were and as they are.
-- Reads   pg_temp.lead_news, canon.name_key_places
-- Rerun   dropped with the run.
-- Note    a lead with three tokens or more is found by three; only a shorter name needs the car's model,
--         which may stand with its brand or without.
CREATE TEMPORARY TABLE news_name_keys ON COMMIT DROP AS
SELECT
    form.is_old,
    form.event_id,
    canon.name_key(
        car.model,
        form.tokens[place.first],
        form.tokens[place.second],
        form.tokens[place.third]
    ) AS name_key
FROM (
    SELECT
        true AS is_old,
        event_id,
        old_name_tokens AS tokens,
        old_model_norm AS model
    FROM lead_news
    WHERE is_known AND NOT has_driver_id
    UNION ALL
    SELECT
        false AS is_old,
        event_id,
        name_tokens AS tokens,
        model_norm AS model
    FROM lead_news
    WHERE NOT has_driver_id
) AS form
INNER JOIN canon.name_key_places AS place
    ON
    least(cardinality(form.tokens), 7) = place.tokens
    AND (place.third IS NOT NULL OR cardinality(form.tokens) = 2)
CROSS JOIN
    LATERAL unnest(
        CASE
            WHEN place.third IS NOT NULL THEN '{NULL}'
            ELSE canon.model_forms(form.model)
        END
    ) AS car (model)
WHERE place.third IS NOT NULL OR car.model IS NOT NULL
