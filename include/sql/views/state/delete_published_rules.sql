-- Writes  ops.published_rules: without rules that changed or are gone.
-- Reads   pg_temp.rules_now
-- Rerun   safe.
DELETE FROM ops.published_rules AS published
WHERE NOT EXISTS (
    SELECT 1 FROM rules_now AS rule
    WHERE
        rule.rule_scope = published.rule_scope
        AND rule.rule_id = published.rule_id
        AND (rule.*) IS NOT DISTINCT FROM (published.*)
)
