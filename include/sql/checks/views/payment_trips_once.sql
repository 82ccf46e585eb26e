-- Claim     A milestone is achieved exactly when the trips of its window reach it, each day of an account
--           counted once.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_payment, pg_temp.checked_conversion
SELECT
    payment.person_key,
    payment.origin_tag,
    payment.rule_scope,
    payment.rule_id
FROM checked_payment AS payment
INNER JOIN checked_conversion AS metric
    ON
    payment.person_key = metric.person_key
    AND payment.origin_tag = metric.origin_tag
CROSS JOIN
    LATERAL ( -- noqa: ST05
        SELECT
            CASE payment.window_days
                WHEN 7 THEN metric.trips_7d
                WHEN 14 THEN metric.trips_14d
                WHEN 30 THEN metric.trips_30d
            END AS trips
    ) AS counted
WHERE
    payment.milestone_achieved != (counted.trips >= payment.milestone_trips)
    OR payment.achieved_trips_in_window > counted.trips
