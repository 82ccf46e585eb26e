-- Writes  pg_temp.scores: one row per dirty lead and candidate person: bits of evidence per field, each from
--         the account that speaks for it most, and the account that agrees best.
-- Reads   pg_temp.comparisons, pg_temp.weights, canon.identity_model_terms
-- Rerun   dropped with the run.
-- Source  Fellegi and Sunter, A Theory for Record Linkage, 1969: bits = log2(P(agree | same person) /
--         P(agree | another person)).
-- Note    fields of relatives depend on each other. Who shares a phone often shares the car as well: a
--         plate beside a phone counts as often as that is not so. The car's model says nothing beside
--         its plate, and no more than a plate beside a phone. Relatives share surnames, and come together:
--         beside a phone or plate alone the rarest common word counts for nothing, of three or more
--         the two rarest for one bit, and a near date for as little as it does among relatives. By name
--         alone it may be a relative of the person, too.
CREATE TEMPORARY TABLE scores ON COMMIT DROP AS
WITH
name_bits AS MATERIALIZED (
    SELECT
        word.event_id,
        word.account_id,
        -- Always in the same order: sums of fractions depend on it.
        sum(word.bits ORDER BY word.bits DESC) AS agreed_bits,
        CASE
            WHEN count(*) > 2
                THEN
                    1 + sum(word.bits ORDER BY word.bits DESC)
                    - (array_agg(word.bits ORDER BY word.bits DESC))[1]
                    - (array_agg(word.bits ORDER BY word.bits DESC))[2]
            ELSE sum(word.bits ORDER BY word.bits DESC) - max(word.bits)
        END AS agreed_bits_of_kin
    FROM (
        SELECT
            token.event_id,
            token.account_id,
            token.credit * least(
                weight.token_bits_cap,
                canon.bits(weight.people / greatest(term.people, 1))
            ) AS bits
        FROM (
            SELECT
                event_id,
                account_id,
                unnest(shared) AS token,
                0.9::double precision AS credit
            FROM comparisons
            UNION ALL
            SELECT
                event_id,
                account_id,
                unnest(near) AS token,
                0.54::double precision AS credit
            FROM comparisons
        ) AS token
        CROSS JOIN weights AS weight
        LEFT JOIN canon.identity_model_terms AS term
            ON
            weight.version = term.version
            AND term.kind = 'token'
            AND token.token = term.term
    ) AS word
    GROUP BY word.event_id, word.account_id
),

compared AS MATERIALIZED (
    SELECT
        comparison.*,
        named.agreed_bits,
        named.agreed_bits_of_kin,
        CASE comparison.model
            WHEN 2
                THEN
                    least(
                        12,
                        weight.model_equal
                        + canon.bits(weight.people / greatest(term.people, 1))
                    )
            WHEN 0 THEN weight.model_different
        END AS model_bits,
        CASE
            WHEN comparison.days_after_hire BETWEEN -30 AND 15 THEN weight.date_near
            WHEN abs(comparison.days_after_hire) <= 90 THEN weight.date_middle
            WHEN comparison.days_after_hire IS NOT NULL THEN weight.date_far
        END AS date_bits,
        canon.name_similarity(
            cardinality(comparison.shared),
            comparison.lead_size,
            comparison.account_size
        ) >= 0.66 AS is_similar,
        row_number() OVER (
            PARTITION BY comparison.event_id, comparison.person_key
            ORDER BY
                coalesce(comparison.phone, 1) + coalesce(comparison.licence, 1)
                + coalesce(comparison.plate, 1) DESC,
                named.agreed_bits DESC NULLS LAST,
                abs(comparison.days_after_hire) ASC NULLS LAST,
                comparison.is_home DESC,
                comparison.driver_id COLLATE "C" ASC -- noqa: RF02,RF03
        ) AS place
    FROM comparisons AS comparison
    CROSS JOIN weights AS weight
    LEFT JOIN name_bits AS named
        ON
        comparison.event_id = named.event_id
        AND comparison.account_id = named.account_id
    LEFT JOIN canon.identity_model_terms AS term
        ON
        weight.version = term.version
        AND term.kind = 'model'
        AND comparison.model_short = term.term
),

-- All accounts of the person together.
summed AS (
    SELECT
        compared.event_id,
        compared.person_key,
        min(compared.source_table) AS source_table,
        max(compared.phone) AS phone,
        max(compared.licence) AS licence,
        max(compared.plate) AS plate,
        max(compared.model) AS model,
        max(compared.model_bits) AS model_bits,
        max(compared.date_bits) AS date_bits,
        min(compared.left_over) AS left_over,
        max(compared.agreed_bits) FILTER (WHERE compared.left_over = 0) AS agreed_bits,
        max(compared.agreed_bits_of_kin) FILTER (
            WHERE compared.left_over = 0
        ) AS agreed_bits_of_kin,
        max(cardinality(compared.shared)) AS shared,
        max(cardinality(compared.near)) AS near,
        min(abs(compared.days_after_hire)) AS days_apart,
        bool_or(compared.is_home) AS is_home,
        min(compared.driver_id) FILTER (WHERE compared.place = 1) AS driver_id,
        bool_or(compared.plate = 2 AND compared.is_similar) AS is_plate_and_name,
        bool_or(
            compared.plate = 2 AND compared.is_similar
            AND compared.days_after_hire BETWEEN -90 AND 30
        ) AS is_plate_and_name_in_time,
        bool_or(
            compared.model = 2 AND compared.is_similar
            AND compared.days_after_hire BETWEEN -30 AND 7
        ) AS is_model_and_name
    FROM compared
    GROUP BY compared.event_id, compared.person_key
),

valued AS (
    SELECT
        person.event_id,
        person.person_key,
        person.source_table,
        person.phone,
        person.licence,
        person.plate,
        person.model,
        person.left_over,
        person.shared,
        person.near,
        person.days_apart,
        person.is_home,
        person.driver_id,
        person.is_plate_and_name,
        person.is_plate_and_name_in_time,
        person.is_model_and_name,
        CASE person.phone
            WHEN 2 THEN weight.phone_equal
            WHEN 0 THEN weight.phone_different
            ELSE 0
        END AS phone_bits,
        CASE person.licence
            WHEN 2 THEN weight.licence_equal
            -- Brothers' and sisters' documents may be a digit apart: only the name tells.
            WHEN 1
                THEN CASE WHEN person.left_over > 0 THEN 0 ELSE weight.licence_near END
            WHEN 0 THEN weight.licence_different
            ELSE 0
        END AS licence_bits,
        CASE
            WHEN person.plate = 2 AND person.phone = 2 THEN weight.plate_beside_phone
            WHEN person.plate = 2 THEN weight.plate_equal
            WHEN person.plate = 0 THEN weight.plate_different
            ELSE 0
        END AS plate_bits,
        CASE
            WHEN person.plate = 2 THEN 0
            WHEN person.phone = 2 AND person.model_bits > weight.plate_beside_phone
                THEN weight.plate_beside_phone
            ELSE coalesce(person.model_bits, 0)
        END AS model_bits,
        CASE
            WHEN person.has_kin_key AND person.date_bits > weight.date_beside_key
                THEN weight.date_beside_key
            ELSE coalesce(person.date_bits, 0)
        END AS date_bits,
        CASE
            WHEN person.left_over IS NULL THEN 0
            WHEN person.left_over > 1 THEN weight.name_more_left
            WHEN person.left_over = 1 THEN weight.name_one_left
            WHEN person.has_kin_key THEN coalesce(person.agreed_bits_of_kin, 0)
            WHEN person.licence = 2 THEN coalesce(person.agreed_bits, 0)
            ELSE least(
                coalesce(person.agreed_bits, 0),
                weight.kin
                + coalesce(person.agreed_bits_of_kin, 0)
                + least(0, weight.date_beside_key - coalesce(person.date_bits, 0))
            )
        END AS name_bits
    FROM (
        SELECT
            summed.*,
            (
                coalesce(summed.phone = 2 OR summed.plate = 2, false)
                AND coalesce(summed.licence, 0) != 2
            ) AS has_kin_key
        FROM summed
    ) AS person
    CROSS JOIN weights AS weight
)

SELECT
    valued.*,
    valued.phone_bits + valued.licence_bits + valued.plate_bits + valued.model_bits
    + valued.date_bits + valued.name_bits AS bits
FROM valued
