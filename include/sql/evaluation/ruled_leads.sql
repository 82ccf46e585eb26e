-- Writes  pg_temp.ruled_leads: one row per lead that the predecessor's rules link to one account; on the
--         keys used here, which are better than its own.
-- Reads   canon.lead_keys, canon.lead_name_keys, canon.account_name_keys, canon.drivers_index
-- Rerun   dropped with the session.
-- Note    the best rule that finds anybody counts; when it finds several accounts, nobody is linked. Names
--         as alike as the fourth rule asks share two words, so they share a name key. Who holds one
--         of those keys is looked at first: that is what makes it set-based, not what it finds.
CREATE TEMPORARY TABLE ruled_leads AS
WITH
lead AS MATERIALIZED (
    SELECT kept.*
    FROM canon.lead_keys AS kept
    WHERE NOT kept.has_driver_id
),

pair AS MATERIALIZED (
    SELECT
        lead.event_id,
        account.account_id
    FROM lead
    INNER JOIN canon.drivers_index AS account ON lead.phone_norm = account.phone_norm
    UNION
    SELECT
        lead.event_id,
        account.account_id
    FROM lead
    INNER JOIN canon.drivers_index AS account
        ON lead.license_norm = account.license_norm
    UNION
    SELECT
        lead.event_id,
        account.account_id
    FROM lead
    INNER JOIN canon.drivers_index AS account ON lead.plate_norm = account.plate_norm
    UNION
    SELECT
        lead.event_id,
        account.account_id
    FROM lead
    INNER JOIN canon.lead_name_keys AS lead_key ON lead.event_id = lead_key.event_id
    INNER JOIN canon.account_name_keys AS account_key
        ON lead_key.name_key = account_key.name_key
    INNER JOIN canon.drivers_index AS account
        ON account_key.account_id = account.account_id
    WHERE lead.event_date BETWEEN account.hire_date - 30 AND account.hire_date + 7
),

faced AS (
    SELECT
        lead.event_id,
        account.driver_id,
        coalesce(lead.phone_norm = account.phone_norm, false) AS same_phone,
        coalesce(lead.license_norm = account.license_norm, false) AS same_licence,
        coalesce(lead.plate_norm = account.plate_norm, false) AS same_plate,
        coalesce(lead.model_norm IN (account.model_norm, account.model_short), false)
            AS same_model,
        lead.event_date - account.hire_date AS days_after_hire,
        coalesce(canon.name_similarity(
            (
                SELECT count(*) FROM unnest(lead.name_tokens) AS word (token)
                WHERE word.token = any(account.name_tokens)
            ),
            cardinality(lead.name_tokens),
            cardinality(account.name_tokens)
        ) >= 0.66, false) AS is_similar
    FROM pair
    INNER JOIN lead ON pair.event_id = lead.event_id
    INNER JOIN canon.drivers_index AS account ON pair.account_id = account.account_id
),

agreed AS (
    SELECT
        faced.event_id,
        faced.driver_id,
        CASE
            WHEN faced.same_phone THEN 1
            WHEN faced.same_licence THEN 2
            WHEN
                faced.same_plate AND faced.is_similar
                AND faced.days_after_hire BETWEEN -90 AND 30
                THEN 3
            WHEN faced.same_plate AND faced.is_similar THEN 4
            WHEN
                faced.same_model AND faced.is_similar
                AND faced.days_after_hire BETWEEN -30 AND 7
                THEN 5
        END AS rank
    FROM faced
),

best AS (
    SELECT
        agreed.event_id,
        min(agreed.rank) AS rank
    FROM agreed
    WHERE agreed.rank IS NOT NULL
    GROUP BY agreed.event_id
)

SELECT
    best.event_id,
    (ARRAY[
        'R1_PHONE_EXACT',
        'R2_LICENSE_EXACT',
        'R3_PLATE_EXACT_NAME_SIMILAR',
        'R3b_PLATE_NAME_NO_DATE',
        'R4_CAR_FINGERPRINT_NAME_SIMILAR'
    ])[best.rank] AS match_rule,
    min(agreed.driver_id) AS driver_id
FROM best
INNER JOIN agreed
    ON best.event_id = agreed.event_id AND best.rank = agreed.rank
GROUP BY best.event_id, best.rank
HAVING count(*) = 1
