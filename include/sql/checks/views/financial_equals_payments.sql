-- Claim     What the financial view expects is what the payment view calls achieved under the platform's
--           14-day rules.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_financial, pg_temp.checked_payment
SELECT financial.person_key
FROM checked_financial AS financial
LEFT JOIN checked_payment AS payment
    ON
    financial.person_key = payment.person_key
    AND payment.origin_tag = 'cabinet'
    AND payment.rule_scope = 'partner'
    AND payment.window_days = 14
    AND payment.milestone_trips IN (1, 5, 25)
    AND payment.milestone_achieved
GROUP BY financial.person_key, financial.expected_total_yango
HAVING financial.expected_total_yango != coalesce(sum(payment.amount), 0)
