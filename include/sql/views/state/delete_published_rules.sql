-- Writes  ops.published_rules: without rules that changed or are gone.
-- Reads   ops.payment_rules
-- Rerun   safe.
DELETE FROM ops.published_rules AS published
WHERE NOT EXISTS (
    SELECT 1 FROM ops.payment_rules AS rule
    WHERE
        rule.rule_scope = published.rule_scope
        AND rule.rule_id = published.rule_id
        AND (rule.*) IS NOT DISTINCT FROM (published.*)
)
