-- Writes  ops.partner_payment_rules: one rule as it is to be.
-- Reads   -
-- Rerun   safe.
UPDATE ops.partner_payment_rules AS rule
SET
    amount = %(amount)s::numeric(12, 2),
    currency = %(currency)s::varchar,
    valid_to = %(valid_to)s::date,
    is_active = %(is_active)s::boolean,
    payable_offset_days = %(payable_offset_days)s::integer,
    notes = coalesce(%(notes)s::text, known.notes)
FROM ops.partner_payment_rules AS known
WHERE rule.id = known.id AND known.id = %(rule_id)s::bigint
RETURNING
    rule.id AS rule_id,
    to_jsonb(known.*)::text AS before,
    to_jsonb(rule.*)::text AS after
