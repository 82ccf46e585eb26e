-- Claim     Between two versions of a payment rule there is no day without one.
-- Severity  warn
-- Scope     whole
-- Reads     ops.payment_rules
SELECT
    version.rule_scope,
    version.rule_id,
    version.valid_to + 1 AS gap_from,
    version.next_from - 1 AS gap_to
FROM (
    SELECT
        rule.rule_scope,
        rule.rule_id,
        rule.valid_to,
        lead(rule.valid_from) OVER (
            PARTITION BY
                rule.rule_scope, rule.origin_tag, rule.window_days, rule.milestone_trips
            ORDER BY rule.valid_from
        ) AS next_from
    FROM ops.payment_rules AS rule
) AS version
WHERE version.next_from > version.valid_to + 1
