-- Writes  ops.payment_rule_changes: who changed a rule, why, from what to what.
-- Reads   -
-- Rerun   adds another row.
INSERT INTO ops.payment_rule_changes (
    rule_scope, rule_id, action, before, after, changed_by, reason, changed_at
)
VALUES (
    %(rule_scope)s::varchar,
    %(rule_id)s::bigint,
    %(action)s::varchar,
    %(before)s::jsonb,
    %(after)s::jsonb,
    %(changed_by)s::varchar,
    %(reason)s::text,
    %(changed_at)s::timestamptz
)
