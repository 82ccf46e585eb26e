-- Writes  pg_temp.weights: one row: the bits that the model gives to each agreement.
-- Reads   canon.identity_models, canon.identity_model_parameters
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE weights ON COMMIT DROP AS
WITH
parameter AS (
    SELECT
        model.version,
        greatest(model.people, 1)::double precision AS people,
        jsonb_object_agg(parameter.parameter, parameter.value) AS named
    FROM canon.identity_models AS model
    INNER JOIN
        canon.identity_model_parameters AS parameter
        ON model.version = parameter.version
    WHERE model.version = %(model_version)s::integer
    GROUP BY model.version, model.people
),

value AS (
    SELECT
        parameter.version,
        parameter.people,
        (parameter.named ->> 'phone_m')::double precision AS phone_m,
        (parameter.named ->> 'phone_s')::double precision AS phone_s,
        (parameter.named ->> 'licence_m')::double precision AS licence_m,
        (parameter.named ->> 'licence_m_near')::double precision AS licence_m_near,
        (parameter.named ->> 'licence_s')::double precision AS licence_s,
        (parameter.named ->> 'licence_different_bits')::double precision
            AS licence_different_bits,
        (parameter.named ->> 'plate_m')::double precision AS plate_m,
        (parameter.named ->> 'plate_s')::double precision AS plate_s,
        (parameter.named ->> 'plate_s_beside_phone')::double precision
            AS plate_s_beside_phone,
        (parameter.named ->> 'model_m')::double precision AS model_m,
        (parameter.named ->> 'date_m_near')::double precision AS date_m_near,
        (parameter.named ->> 'date_u_near')::double precision AS date_u_near,
        (parameter.named ->> 'date_u_beside_key')::double precision
            AS date_u_beside_key,
        (parameter.named ->> 'date_m_middle')::double precision AS date_m_middle,
        (parameter.named ->> 'date_u_middle')::double precision AS date_u_middle,
        (parameter.named ->> 'name_m_one_left')::double precision AS name_m_one_left,
        (parameter.named ->> 'name_m_more_left')::double precision AS name_m_more_left,
        (parameter.named ->> 'token_bits_cap')::double precision AS token_bits_cap,
        (parameter.named ->> 'threshold_high')::double precision AS threshold_high,
        (parameter.named ->> 'threshold_accept')::double precision AS threshold_accept,
        (parameter.named ->> 'threshold_review')::double precision AS threshold_review
    FROM parameter
)

SELECT
    value.version,
    value.people,
    value.token_bits_cap,
    value.threshold_high,
    value.threshold_accept,
    value.threshold_review,
    canon.bits(value.phone_m / value.phone_s * value.people) AS phone_equal,
    -- A lead has about one relative among the people.
    canon.bits(value.people) AS kin,
    canon.bits(1 - value.phone_m) AS phone_different,
    canon.bits(value.licence_m / value.licence_s * value.people) AS licence_equal,
    canon.bits(value.licence_m_near * value.people / 70) AS licence_near,
    value.licence_different_bits AS licence_different,
    canon.bits(value.plate_m / value.plate_s * value.people) AS plate_equal,
    canon.bits(value.plate_m / value.plate_s_beside_phone) AS plate_beside_phone,
    canon.bits(1 - value.plate_m) AS plate_different,
    canon.bits(value.model_m) AS model_equal,
    canon.bits(1 - value.model_m) AS model_different,
    canon.bits(value.date_m_near / value.date_u_near) AS date_near,
    canon.bits(
        value.date_m_near / greatest(value.date_u_beside_key, value.date_u_near)
    ) AS date_beside_key,
    canon.bits(value.date_m_middle / value.date_u_middle) AS date_middle,
    canon.bits(
        (1 - value.date_m_near - value.date_m_middle)
        / (1 - value.date_u_near - value.date_u_middle)
    ) AS date_far,
    canon.bits(value.name_m_one_left) AS name_one_left,
    canon.bits(value.name_m_more_left) AS name_more_left
FROM value
