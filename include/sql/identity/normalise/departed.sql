-- Writes  pg_temp.departed: one row per event that is gone, under the key it was known by; canon.lead_keys
--         and canon.lead_name_keys without them, and the notes of canon.departed_leads are taken.
-- Reads   canon.departed_leads, canon.lead_keys, canon.lead_name_keys, canon.name_key_places
-- Rerun   dropped with the run.
WITH
noted AS (
    DELETE FROM canon.departed_leads
    RETURNING event_id
),

forgotten AS (
    DELETE FROM canon.lead_keys AS kept
    USING noted
    WHERE kept.event_id = noted.event_id
    RETURNING
        kept.event_id,
        kept.source_table,
        kept.source_pk,
        kept.name_tokens,
        kept.model_norm
),

findable AS (
    SELECT
        forgotten.event_id,
        canon.name_key(
            car.model,
            forgotten.name_tokens[place.first],
            forgotten.name_tokens[place.second],
            forgotten.name_tokens[place.third]
        ) AS name_key
    FROM forgotten
    INNER JOIN canon.name_key_places AS place
        ON least(cardinality(forgotten.name_tokens), 7) = place.tokens
    CROSS JOIN
        LATERAL unnest(canon.model_forms(forgotten.model_norm)) AS car (model)
),

unfound AS (
    DELETE FROM canon.lead_name_keys AS kept
    USING findable
    WHERE
        kept.event_id = findable.event_id
        AND kept.name_key = findable.name_key
)

INSERT INTO departed (event_id, source_table, source_pk)
SELECT
    forgotten.event_id,
    forgotten.source_table,
    forgotten.source_pk
FROM forgotten
