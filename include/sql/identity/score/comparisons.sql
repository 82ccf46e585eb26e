-- Writes  pg_temp.comparisons: one row per dirty lead and account of a candidate person: what agrees.
--         States are 2 equal, 1 nearly, 0 different, NULL when either side lacks the field.
-- Reads   pg_temp.dirty_leads, pg_temp.candidates, pg_temp.common_keys, canon.lead_keys,
--         canon.drivers_index
-- Rerun   dropped with the run.
-- Note    a key that too many people hold counts as lacking. Words one slip apart are looked for only
--         where a phone, licence or plate agrees already.
CREATE TEMPORARY TABLE comparisons ON COMMIT DROP AS
WITH
lead AS MATERIALIZED (
    SELECT
        kept.event_id,
        kept.source_table,
        kept.event_date,
        kept.model_norm,
        nullif(kept.name_tokens, '{}') AS name_tokens,
        CASE WHEN phone.key IS NULL THEN kept.phone_norm END AS phone_norm,
        CASE WHEN licence.key IS NULL THEN kept.license_norm END AS license_norm,
        CASE WHEN plate.key IS NULL THEN kept.plate_norm END AS plate_norm
    FROM dirty_leads AS dirty
    INNER JOIN canon.lead_keys AS kept ON dirty.event_id = kept.event_id
    LEFT JOIN common_keys AS phone
        ON phone.kind = 'phone' AND kept.phone_norm = phone.key
    LEFT JOIN common_keys AS licence
        ON licence.kind = 'licence' AND kept.license_norm = licence.key
    LEFT JOIN common_keys AS plate
        ON plate.kind = 'plate' AND kept.plate_norm = plate.key
),

faced AS MATERIALIZED (
    SELECT
        candidate.event_id,
        candidate.person_key,
        account.account_id,
        lead.source_table,
        CASE
            WHEN lead.phone_norm = account.phone_norm THEN 2
            WHEN lead.phone_norm != account.phone_norm THEN 0
        END AS phone,
        CASE
            WHEN lead.license_norm = account.license_norm THEN 2
            WHEN
                public.levenshtein_less_equal(
                    canon.licence_number(lead.license_norm),
                    canon.licence_number(account.license_norm),
                    1
                ) <= 1
                THEN 1
            WHEN lead.license_norm != account.license_norm THEN 0
        END AS licence,
        CASE
            WHEN lead.plate_norm = account.plate_norm THEN 2
            WHEN lead.plate_norm != account.plate_norm THEN 0
        END AS plate,
        CASE
            WHEN lead.model_norm IN (account.model_norm, account.model_short) THEN 2
            WHEN lead.model_norm IS NOT NULL AND account.model_short IS NOT NULL THEN 0
        END AS model,
        account.model_short,
        lead.event_date - account.hire_date AS days_after_hire,
        coalesce(account.park_id = %(home_park_id)s, false) AS is_home,
        account.driver_id,
        lead.name_tokens AS lead_tokens,
        nullif(account.name_tokens, '{}') AS account_tokens
    FROM candidates AS candidate
    INNER JOIN lead ON candidate.event_id = lead.event_id
    INNER JOIN canon.drivers_index AS account
        ON candidate.person_key = account.person_key
),

worded AS MATERIALIZED (
    SELECT
        faced.*,
        array(
            SELECT word.token
            FROM unnest(faced.lead_tokens) AS word (token)
            WHERE word.token = any(faced.account_tokens)
        ) AS shared
    FROM faced
),

likened AS MATERIALIZED (
    SELECT
        worded.*,
        -- A name that is compared with none has no size: nothing is left over of it.
        CASE
            WHEN worded.account_tokens IS NOT NULL THEN cardinality(worded.lead_tokens)
        END AS lead_size,
        CASE
            WHEN worded.lead_tokens IS NOT NULL THEN cardinality(worded.account_tokens)
        END AS account_size,
        CASE
            WHEN
                2 IN (worded.phone, worded.licence, worded.plate)
                AND cardinality(worded.lead_tokens) > cardinality(worded.shared)
                AND cardinality(worded.account_tokens) > cardinality(worded.shared)
                THEN array(
                    -- A word is used up by the first that is near it, on either side.
                    SELECT DISTINCT matched.token
                    FROM (
                        SELECT DISTINCT ON (word.token) other.token
                        FROM unnest(worded.lead_tokens) AS word (token)
                        INNER JOIN unnest(worded.account_tokens) AS other (token)
                            ON
                            -- Cheap, and nearly always enough to tell.
                            abs(length(word.token) - length(other.token)) <= 1
                            AND public.levenshtein_less_equal(
                                word.token, other.token, 2
                            ) <= 2
                            AND word.token != all(worded.account_tokens)
                            AND other.token != all(worded.lead_tokens)
                            AND canon.is_near_token(word.token, other.token)
                        ORDER BY word.token, other.token -- noqa: RF01
                    ) AS matched
                    ORDER BY matched.token
                )
            ELSE '{}'
        END AS near
    FROM worded
)

SELECT
    likened.event_id,
    likened.person_key,
    likened.account_id,
    likened.source_table,
    likened.phone,
    likened.licence,
    likened.plate,
    likened.model,
    likened.model_short,
    likened.days_after_hire,
    likened.is_home,
    likened.driver_id,
    likened.lead_size,
    likened.account_size,
    likened.shared,
    likened.near,
    least(likened.lead_size, likened.account_size)
    - cardinality(likened.shared) - cardinality(likened.near) AS left_over
FROM likened
