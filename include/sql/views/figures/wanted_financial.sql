-- Writes  pg_temp.wanted_financial: one row per touched person with cabinet leads, as it is to be.
-- Reads   pg_temp.wanted_conversion, pg_temp.person_leads, pg_temp.quarantined_people, pg_temp.rules_now,
--         ops.cabinet_payments
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE wanted_financial ON COMMIT DROP AS
WITH
rules AS (
    SELECT
        metric.person_key,
        sum(rule.amount) FILTER (WHERE rule.milestone_trips = 1) AS amount_m1,
        sum(rule.amount) FILTER (WHERE rule.milestone_trips = 5) AS amount_m5,
        sum(rule.amount) FILTER (WHERE rule.milestone_trips = 25) AS amount_m25
    FROM wanted_conversion AS metric
    INNER JOIN rules_now AS rule
        ON
        metric.origin_tag = rule.origin_tag
        AND metric.lead_date >= rule.valid_from
        AND metric.lead_date <= coalesce(rule.valid_to, 'infinity')
    WHERE
        rule.rule_scope = 'partner'
        AND rule.origin_tag = 'cabinet'
        AND rule.window_days = 14
    GROUP BY metric.person_key
),

claim AS (
    SELECT
        metric.person_key,
        metric.driver_id,
        metric.lead_date,
        lead.full_name,
        metric.first_connection_date,
        metric.trips_14d,
        metric.trips_14d >= 1 AS is_m1,
        metric.trips_14d >= 5 AS is_m5,
        metric.trips_14d >= 25 AS is_m25,
        metric.trips_14d >= 1 AND coalesce(paid.is_m1_paid, false) AS is_m1_paid,
        metric.trips_14d >= 5 AND coalesce(paid.is_m5_paid, false) AS is_m5_paid,
        metric.trips_14d >= 25 AND coalesce(paid.is_m25_paid, false) AS is_m25_paid,
        CASE WHEN metric.trips_14d >= 1 THEN rules.amount_m1 END AS amount_m1,
        CASE WHEN metric.trips_14d >= 5 THEN rules.amount_m5 END AS amount_m5,
        CASE WHEN metric.trips_14d >= 25 THEN rules.amount_m25 END AS amount_m25
    FROM wanted_conversion AS metric
    INNER JOIN person_leads AS lead
        ON metric.person_key = lead.person_key AND metric.origin_tag = lead.origin_tag
    LEFT JOIN rules ON metric.person_key = rules.person_key
    -- Looked up person by person: their payments are few, whatever was paid to others.
    CROSS JOIN
        LATERAL ( -- noqa: ST05
            SELECT
                bool_or(payment.trip_1) AS is_m1_paid,
                bool_or(payment.trip_5) AS is_m5_paid,
                bool_or(payment.trip_25) AS is_m25_paid
            FROM ops.cabinet_payments AS payment
            WHERE payment.person_key = metric.person_key
        ) AS paid
    WHERE
        metric.origin_tag = 'cabinet'
        AND metric.person_key NOT IN (
            SELECT quarantined_people.person_key FROM quarantined_people
        )
),

amount AS (
    SELECT
        claim.*,
        coalesce(claim.amount_m1, 0)::numeric(12, 2) AS expected_m1,
        coalesce(claim.amount_m5, 0)::numeric(12, 2) AS expected_m5,
        coalesce(claim.amount_m25, 0)::numeric(12, 2) AS expected_m25,
        CASE
            WHEN claim.is_m1_paid THEN coalesce(claim.amount_m1, 0) ELSE 0
        END::numeric(12, 2)
            AS paid_m1,
        CASE
            WHEN claim.is_m5_paid THEN coalesce(claim.amount_m5, 0) ELSE 0
        END::numeric(12, 2)
            AS paid_m5,
        CASE
            WHEN claim.is_m25_paid THEN coalesce(claim.amount_m25, 0) ELSE 0
        END::numeric(12, 2)
            AS paid_m25
    FROM claim
)

SELECT
    amount.driver_id,
    amount.lead_date,
    amount.full_name AS driver_name,
    to_char(amount.lead_date, 'IYYY-IW')::varchar AS iso_week,
    date_trunc('week', amount.lead_date)::date AS week_start,
    (amount.first_connection_date IS NOT NULL) AS connected_flag,
    amount.first_connection_date AS connected_date,
    amount.trips_14d AS total_trips_14d,
    amount.is_m1 AS reached_m1_14d,
    amount.is_m5 AS reached_m5_14d,
    amount.is_m25 AS reached_m25_14d,
    amount.expected_m1 AS expected_amount_m1,
    amount.expected_m5 AS expected_amount_m5,
    amount.expected_m25 AS expected_amount_m25,
    (amount.expected_m1 + amount.expected_m5 + amount.expected_m25)::numeric(12, 2)
        AS expected_total_yango,
    amount.is_m1 AS claim_m1_exists,
    amount.is_m1_paid AS claim_m1_paid,
    amount.is_m5 AS claim_m5_exists,
    amount.is_m5_paid AS claim_m5_paid,
    amount.is_m25 AS claim_m25_exists,
    amount.is_m25_paid AS claim_m25_paid,
    amount.paid_m1 AS paid_amount_m1,
    amount.paid_m5 AS paid_amount_m5,
    amount.paid_m25 AS paid_amount_m25,
    (amount.paid_m1 + amount.paid_m5 + amount.paid_m25)::numeric(12, 2)
        AS total_paid_yango,
    (
        amount.expected_m1 + amount.expected_m5 + amount.expected_m25
        - amount.paid_m1 - amount.paid_m5 - amount.paid_m25
    )::numeric(12, 2) AS amount_due_yango,
    amount.person_key
FROM amount
