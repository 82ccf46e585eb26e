-- Returns one row per change of a payment rule, the newest last.
-- Reads   ops.payment_rule_changes
SELECT
    change.id AS number,
    change.rule_scope,
    change.rule_id,
    change.action,
    change.before,
    change.after,
    change.changed_by,
    change.reason,
    change.changed_at
FROM ops.payment_rule_changes AS change
ORDER BY change.id
