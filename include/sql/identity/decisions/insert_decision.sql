-- Writes  canon.identity_decisions: one decision.
-- Reads   -
-- Rerun   writes another one; who calls checks that none stands that says the same.
INSERT INTO canon.identity_decisions (
    decision, driver_a, driver_b, source_table, source_pk, decided_by, reason,
    decided_at
)
VALUES (
    %(decision)s::varchar,
    %(driver_a)s::varchar,
    %(driver_b)s::varchar,
    %(source_table)s::varchar,
    %(source_pk)s::varchar,
    %(decided_by)s::varchar,
    %(reason)s::text,
    %(decided_at)s::timestamptz
)
RETURNING id
