-- Returns one row per payment rule that applies to a person, as published.
-- Reads   ops.payment_calculation
SELECT
    payment.rule_scope,
    payment.rule_id,
    payment.origin_tag,
    payment.scout_id,
    payment.driver_id,
    payment.lead_date,
    payment.milestone_trips,
    payment.window_days,
    payment.currency,
    payment.amount,
    payment.milestone_achieved,
    payment.achieved_date,
    payment.achieved_trips_in_window,
    payment.is_payable,
    payment.payable_date,
    payment.payment_scheme
FROM ops.payment_calculation AS payment
WHERE payment.person_key = %(person_key)s::uuid
ORDER BY payment.rule_scope, payment.rule_id
