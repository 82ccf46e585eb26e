-- Writes  ops.page_actions: one row, before anything is done.
-- Reads   -
-- Rerun   writes another row: each attempt has its own.
INSERT INTO ops.page_actions (acted_by, action, request, outcome)
VALUES (
    %(decided_by)s::varchar,
    %(action)s::varchar,
    %(request)s::jsonb,
    %(outcome)s::varchar
)
RETURNING id
