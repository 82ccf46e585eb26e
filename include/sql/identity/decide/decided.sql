-- Writes  pg_temp.decided: one row per dirty lead: its person and why, or why nobody.
-- Reads   pg_temp.dirty_leads, pg_temp.posteriors, pg_temp.weights, pg_temp.common_keys,
--         canon.lead_keys, canon.drivers_index, canon.identity_decisions
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE decided ON COMMIT DROP AS
WITH
lead AS MATERIALIZED (
    SELECT kept.*
    FROM dirty_leads AS dirty
    INNER JOIN canon.lead_keys AS kept ON dirty.event_id = kept.event_id
),

-- Of several decisions about a lead the last one counts.
spoken AS MATERIALIZED (
    SELECT DISTINCT ON (lead.event_id)
        lead.event_id,
        decision.id AS decision_id,
        decision.decision,
        decision.driver_a
    FROM lead
    INNER JOIN canon.identity_decisions AS decision
        ON
        lead.source_table = decision.source_table
        AND lead.source_pk = decision.source_pk
    WHERE
        decision.decision IN ('confirm', 'ignore')
        AND decision.undone_at IS NULL
    ORDER BY lead.event_id ASC, decision.id DESC
),

judged AS (
    SELECT
        lead.event_id,
        lead.source_table,
        lead.source_pk,
        lead.event_date,
        lead.has_driver_id,
        lead.driver_id AS named_driver_id,
        best.person_key AS best_key,
        best.posterior,
        best.bits,
        best.prior,
        best.phone_bits,
        best.licence_bits,
        best.plate_bits,
        best.model_bits,
        best.date_bits,
        best.name_bits,
        best.phone,
        best.licence,
        best.plate,
        best.model,
        best.left_over,
        best.shared,
        best.near,
        best.driver_id AS best_driver_id,
        best.candidates,
        best.runner_up,
        best.runner_up_posterior,
        best.somebody_posterior,
        best.is_plate_and_name,
        best.is_plate_and_name_in_time,
        best.is_model_and_name,
        coalesce(
            named.person_key,
            -- Of accounts that are written with blanks around the first one.
            (
                SELECT padded.person_key
                FROM canon.drivers_index AS padded
                WHERE
                    padded.driver_id != btrim(padded.driver_id)
                    AND btrim(padded.driver_id) = lead.driver_id
                ORDER BY padded.driver_id COLLATE "C" -- noqa: RF02,RF03
                LIMIT 1
            )
        ) AS named_key,
        spoken.decision_id,
        spoken.decision,
        spoken.driver_a AS confirmed_driver_id,
        confirmed.person_key AS confirmed_key,
        weight.version,
        weight.threshold_high,
        weight.threshold_accept,
        weight.threshold_review,
        num_nonnulls(lead.phone_norm, lead.license_norm, lead.plate_norm) AS keys,
        cardinality(lead.name_tokens) AS tokens,
        array_remove(ARRAY[licence.kind, phone.kind, plate.kind], NULL) AS too_common
    FROM lead
    CROSS JOIN weights AS weight
    LEFT JOIN posteriors AS best ON lead.event_id = best.event_id AND best.place = 1
    LEFT JOIN canon.drivers_index AS named ON lead.driver_id = named.driver_id
    LEFT JOIN spoken ON lead.event_id = spoken.event_id
    LEFT JOIN canon.drivers_index AS confirmed ON spoken.driver_a = confirmed.driver_id
    LEFT JOIN common_keys AS phone
        ON phone.kind = 'phone' AND lead.phone_norm = phone.key
    LEFT JOIN common_keys AS licence
        ON licence.kind = 'licence' AND lead.license_norm = licence.key
    LEFT JOIN common_keys AS plate
        ON plate.kind = 'plate' AND lead.plate_norm = plate.key
),

ruled AS (
    SELECT
        judged.*,
        CASE
            WHEN judged.decision = 'ignore' THEN NULL
            WHEN judged.decision = 'confirm' AND judged.confirmed_driver_id IS NOT NULL
                THEN judged.confirmed_key
            WHEN
                judged.decision = 'confirm'
                THEN coalesce(judged.named_key, judged.best_key)
            WHEN judged.has_driver_id THEN judged.named_key
            WHEN judged.posterior >= judged.threshold_accept THEN judged.best_key
        END AS person_key
    FROM judged
),

reasoned AS (
    SELECT
        ruled.*,
        coalesce(ruled.person_key = ruled.best_key, false) AS is_best,
        CASE WHEN ruled.person_key IS NOT NULL THEN 1 END AS said_posterior,
        -- What names no account may be anything, a phone as well.
        CASE
            WHEN ruled.person_key IS NOT NULL
                THEN coalesce(ruled.confirmed_driver_id, ruled.named_driver_id)
        END AS said_driver_id,
        array_remove(ARRAY[
            CASE WHEN ruled.phone = 2 THEN 'R1_PHONE_EXACT' END,
            CASE WHEN ruled.licence = 2 THEN 'R2_LICENSE_EXACT' END,
            CASE
                WHEN ruled.is_plate_and_name_in_time THEN 'R3_PLATE_EXACT_NAME_SIMILAR'
            END,
            CASE WHEN ruled.is_plate_and_name THEN 'R3b_PLATE_NAME_NO_DATE' END,
            CASE WHEN ruled.is_model_and_name THEN 'R4_CAR_FINGERPRINT_NAME_SIMILAR' END
        ], NULL) AS rules,
        CASE
            WHEN ruled.person_key IS NOT NULL THEN NULL
            WHEN ruled.decision = 'ignore' THEN 'IGNORED'
            WHEN ruled.confirmed_driver_id IS NOT NULL THEN 'DRIVER_NOT_FOUND'
            WHEN
                ruled.has_driver_id AND ruled.named_driver_id IS NULL
                THEN 'NO_EVIDENCE'
            WHEN ruled.has_driver_id THEN 'DRIVER_NOT_FOUND'
            WHEN ruled.posterior >= ruled.threshold_review THEN 'REVIEW'
            WHEN ruled.posterior IS NULL AND cardinality(ruled.too_common) > 0
                THEN 'KEY_TOO_COMMON'
            WHEN
                ruled.posterior IS NULL
                AND ruled.keys = 0
                AND coalesce(ruled.tokens, 0) < 2
                THEN 'NO_EVIDENCE'
            WHEN ruled.posterior IS NULL THEN 'NO_CANDIDATES'
            WHEN ruled.somebody_posterior >= ruled.threshold_review
                THEN 'MULTIPLE_CANDIDATES'
            WHEN ruled.licence = 0 AND (ruled.phone = 2 OR ruled.plate = 2)
                THEN 'LICENCE_CONFLICT'
            WHEN ruled.left_over > 0 AND 2 IN (ruled.phone, ruled.plate, ruled.licence)
                THEN 'NAME_CONFLICT'
            ELSE 'WEAK_MATCH_ONLY'
        END AS reason_code
    FROM ruled
),

explained AS (
    SELECT
        reasoned.*,
        jsonb_strip_nulls(jsonb_build_object(
            'model', reasoned.version,
            'bits', CASE WHEN reasoned.posterior IS NOT NULL THEN jsonb_build_object(
                'phone', canon.hundredths(reasoned.phone_bits),
                'licence', canon.hundredths(reasoned.licence_bits),
                'plate', canon.hundredths(reasoned.plate_bits),
                'model', canon.hundredths(reasoned.model_bits),
                'date', canon.hundredths(reasoned.date_bits),
                'name', canon.hundredths(reasoned.name_bits)
            ) END,
            'total_bits', canon.hundredths(reasoned.bits),
            'prior', canon.millionths(reasoned.prior),
            'posterior', canon.millionths(reasoned.posterior),
            'candidates', reasoned.candidates,
            'shared_tokens', reasoned.shared,
            'near_tokens', nullif(reasoned.near, 0),
            'tokens_left_over', reasoned.left_over,
            'runner_up',
            CASE WHEN reasoned.runner_up IS NOT NULL THEN jsonb_build_object(
                'person_key', reasoned.runner_up,
                'posterior', canon.millionths(reasoned.runner_up_posterior)
            ) END,
            'rules', CASE
                WHEN cardinality(reasoned.rules) > 0 THEN to_jsonb(reasoned.rules)
            END,
            'driver_id', reasoned.best_driver_id,
            'too_common', CASE
                WHEN
                    cardinality(reasoned.too_common) > 0
                    THEN to_jsonb(reasoned.too_common)
            END
        )) AS evidence
    FROM reasoned
),

preview AS (
    SELECT
        candidate.event_id,
        jsonb_agg(
            jsonb_build_object(
                'person_key', candidate.person_key,
                'posterior', canon.millionths(candidate.posterior)
            ) ORDER BY candidate.place
        ) AS people
    FROM posteriors AS candidate
    WHERE candidate.place <= 3
    GROUP BY candidate.event_id
)

SELECT
    explained.event_id,
    explained.source_table,
    explained.source_pk,
    explained.event_date AS snapshot_date,
    explained.person_key,
    CASE
        WHEN explained.decision = 'confirm' THEN 'MANUAL'
        WHEN explained.has_driver_id THEN 'DRIVER_ID'
        ELSE coalesce(explained.rules[1], 'SCORE')
    END AS match_rule,
    CASE
        WHEN explained.decision = 'confirm' OR explained.has_driver_id THEN 100
        ELSE floor(100 * explained.posterior)::integer
    END AS match_score,
    CASE
        WHEN
            explained.decision = 'confirm'
            OR explained.has_driver_id
            OR explained.posterior >= explained.threshold_high
            THEN 'HIGH'
        ELSE 'MEDIUM'
    END AS confidence_level,
    CASE
        WHEN explained.has_driver_id AND explained.decision IS NULL
            THEN
                jsonb_strip_nulls(
                    jsonb_build_object(
                        'posterior', explained.said_posterior,
                        'driver_id', explained.said_driver_id
                    )
                )
        -- What speaks for another person than people chose is no evidence.
        WHEN explained.decision = 'confirm' AND NOT explained.is_best
            THEN
                jsonb_strip_nulls(
                    jsonb_build_object(
                        'model', explained.version,
                        'decision', explained.decision_id,
                        'driver_id', explained.said_driver_id
                    )
                )
        WHEN explained.decision IS NOT NULL
            THEN
                explained.evidence
                || jsonb_build_object('decision', explained.decision_id)
        ELSE explained.evidence
    END AS evidence,
    explained.reason_code,
    CASE WHEN explained.person_key IS NULL THEN preview.people END AS candidates_preview
FROM explained
LEFT JOIN preview ON explained.event_id = preview.event_id
