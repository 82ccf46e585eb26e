-- Writes  pg_temp.comparisons: one row per dirty lead and account of a candidate person: what agrees.
--         States are 2 equal, 1 nearly, 0 different, NULL when either side lacks the field.
-- Reads   pg_temp.candidates, pg_temp.common_keys, canon.lead_keys, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    a key that too many people hold counts as lacking. Words one slip apart are looked for only
--         where a phone, licence or plate agrees already.
CREATE TEMPORARY TABLE comparisons ON COMMIT DROP AS
WITH
faced AS MATERIALIZED (
    SELECT
        candidate.event_id,
        candidate.person_key,
        account.account_id,
        lead.source_table,
        CASE WHEN lead.phone_norm = account.phone_norm THEN 2
            WHEN lead.phone_norm != account.phone_norm THEN 0
        END AS phone,
        CASE WHEN lead.license_norm = account.license_norm THEN 2
            WHEN
                levenshtein_less_equal(
                    regexp_replace(lead.license_norm, '^X:[A-Z]?', ''),
                    regexp_replace(account.license_norm, '^X:[A-Z]?', ''),
                    1
                ) <= 1 THEN 1
            WHEN lead.license_norm != account.license_norm THEN 0
        END AS licence,
        CASE WHEN lead.plate_norm = account.plate_norm THEN 2
            WHEN lead.plate_norm != account.plate_norm THEN 0
        END AS plate,
        CASE WHEN lead.model_norm IN (account.model_norm, account.model_short) THEN 2
            WHEN lead.model_norm IS NOT NULL AND account.model_short IS NOT NULL THEN 0
        END AS model,
        account.model_short,
        lead.event_date - account.hire_date AS days_after_hire,
        account.park_id = %(home_park_id)s AS is_home,
        account.driver_id,
        nullif(lead.name_tokens, '{}') AS lead_tokens,
        nullif(account.name_tokens, '{}') AS account_tokens
    FROM candidates AS candidate
    INNER JOIN canon.lead_keys AS kept ON candidate.event_id = kept.event_id
    CROSS JOIN LATERAL (
        SELECT
            kept.source_table,
            kept.event_date,
            kept.name_tokens,
            kept.model_norm,
            CASE
                WHEN kept.phone_norm IN (
                    SELECT common.key FROM common_keys AS common WHERE common.kind = 'phone'
                ) THEN NULL
                ELSE kept.phone_norm
            END AS phone_norm,
            CASE
                WHEN kept.license_norm IN (
                    SELECT common.key FROM common_keys AS common WHERE common.kind = 'licence'
                ) THEN NULL
                ELSE kept.license_norm
            END AS license_norm,
            CASE
                WHEN kept.plate_norm IN (
                    SELECT common.key FROM common_keys AS common WHERE common.kind = 'plate'
                ) THEN NULL
                ELSE kept.plate_norm
            END AS plate_norm
    ) AS lead
    INNER JOIN canon.drivers_index AS account ON candidate.person_key = account.person_key
)

SELECT
    faced.event_id,
    faced.person_key,
    faced.account_id,
    faced.source_table,
    faced.phone,
    faced.licence,
    faced.plate,
    faced.model,
    faced.model_short,
    faced.days_after_hire,
    faced.is_home,
    faced.driver_id,
    cardinality(faced.lead_tokens) AS lead_size,
    cardinality(faced.account_tokens) AS account_size,
    word.shared,
    CASE
        WHEN
            2 IN (faced.phone, faced.licence, faced.plate)
            AND cardinality(word.lead_left) > 0
            AND cardinality(word.account_left) > 0
            THEN ARRAY(
                SELECT DISTINCT ON (one.token) other.token
                FROM unnest(word.lead_left) AS one (token)
                INNER JOIN unnest(word.account_left) AS other (token)
                    ON canon.is_near_token(one.token, other.token)
                ORDER BY one.token, other.token
            )
        ELSE '{}'
    END AS near
FROM faced
CROSS JOIN LATERAL (
    SELECT
        ARRAY(
            SELECT one.token FROM unnest(faced.lead_tokens) AS one (token)
            WHERE one.token = ANY(faced.account_tokens)
        ) AS shared,
        ARRAY(
            SELECT one.token FROM unnest(faced.lead_tokens) AS one (token)
            WHERE one.token != ALL(faced.account_tokens)
        ) AS lead_left,
        ARRAY(
            SELECT one.token FROM unnest(faced.account_tokens) AS one (token)
            WHERE one.token != ALL(faced.lead_tokens)
        ) AS account_left
    OFFSET 0 -- noqa: AM09
) AS word
