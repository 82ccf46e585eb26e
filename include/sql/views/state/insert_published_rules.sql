-- Writes  ops.published_rules: the rules as they are now.
-- Reads   pg_temp.rules_now
-- Rerun   safe: rules that are there are left alone.
INSERT INTO ops.published_rules (
    rule_scope, rule_id, origin_tag, window_days, milestone_trips, amount, currency,
    valid_from, valid_to, payable_offset_days
)
SELECT
    rule.rule_scope,
    rule.rule_id,
    rule.origin_tag,
    rule.window_days,
    rule.milestone_trips,
    rule.amount,
    rule.currency,
    rule.valid_from,
    rule.valid_to,
    rule.payable_offset_days
FROM rules_now AS rule
WHERE NOT EXISTS (
    SELECT 1 FROM ops.published_rules AS published
    WHERE
        published.rule_scope = rule.rule_scope
        AND published.rule_id = rule.rule_id
)
