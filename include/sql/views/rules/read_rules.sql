-- Returns one row per payment rule of partner and scouts, withdrawn ones included, the newest last.
-- Reads   ops.partner_payment_rules, ops.scout_payment_rules
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
    rule.is_active,
    rule.payable_offset_days
FROM (
    SELECT
        'partner' AS rule_scope,
        partner.id AS rule_id,
        partner.*
    FROM ops.partner_payment_rules AS partner
    UNION ALL
    SELECT
        'scout' AS rule_scope,
        scout.id AS rule_id,
        scout.*
    FROM ops.scout_payment_rules AS scout
) AS rule
ORDER BY
    rule.valid_from,
    rule.rule_scope,
    rule.origin_tag,
    rule.window_days,
    rule.milestone_trips,
    rule.rule_id
