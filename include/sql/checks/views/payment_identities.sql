-- Claim     What is payable is achieved, what is achieved has its day and its trips, and no amount is below
--           zero.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_payment, ops.published_rules
SELECT
    payment.person_key,
    payment.origin_tag,
    payment.rule_scope,
    payment.rule_id
FROM checked_payment AS payment
INNER JOIN ops.published_rules AS rule
    ON payment.rule_scope = rule.rule_scope AND payment.rule_id = rule.rule_id
WHERE
    payment.amount < 0
    OR (payment.is_payable AND NOT payment.milestone_achieved)
    OR (
        payment.rule_scope = 'partner'
        AND payment.is_payable != payment.milestone_achieved
    )
    OR (
        payment.is_payable AND payment.rule_scope = 'scout' AND payment.scout_id IS NULL
    )
    OR payment.milestone_achieved != (payment.achieved_date IS NOT NULL)
    OR payment.milestone_achieved
    != (payment.achieved_trips_in_window >= payment.milestone_trips)
    OR (NOT payment.milestone_achieved AND payment.achieved_trips_in_window != 0)
    OR payment.payable_date
    IS DISTINCT FROM payment.achieved_date + rule.payable_offset_days
    OR payment.achieved_date < payment.lead_date
    OR payment.achieved_date >= payment.lead_date + payment.window_days
