-- Claim     The rules that the financial view counts pay in PEN, as it names no currency.
-- Severity  warn
-- Scope     whole
-- Reads     ops.payment_rules
SELECT
    rule.rule_scope,
    rule.rule_id,
    rule.currency
FROM ops.payment_rules AS rule
WHERE
    rule.rule_scope = 'partner'
    AND rule.origin_tag = 'cabinet'
    AND rule.window_days = 14
    AND rule.milestone_trips IN (1, 5, 25)
    AND rule.currency != 'PEN'
