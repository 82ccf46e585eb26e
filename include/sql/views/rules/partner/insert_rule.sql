-- Writes  ops.partner_payment_rules: one rule.
-- Reads   -
-- Note    a rule that is only tried out brings its number, so that none is used up.
-- Rerun   refused: a rule of that origin, window, milestone and first day is there.
INSERT INTO ops.partner_payment_rules AS rule (
    id, origin_tag, window_days, milestone_trips, amount, currency, valid_from,
    valid_to, is_active, payable_offset_days, notes
)
VALUES (
    coalesce(
        %(rule_id)s::bigint,
        nextval(pg_get_serial_sequence('ops.partner_payment_rules', 'id'))
    ),
    %(origin_tag)s::varchar,
    %(window_days)s::integer,
    %(milestone_trips)s::integer,
    %(amount)s::numeric(12, 2),
    %(currency)s::varchar,
    %(valid_from)s::date,
    %(valid_to)s::date,
    %(is_active)s::boolean,
    %(payable_offset_days)s::integer,
    %(notes)s::text
)
RETURNING
    rule.id AS rule_id,
    NULL::text AS before,
    to_jsonb(rule.*)::text AS after
