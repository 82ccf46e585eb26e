-- Writes  ops.page_actions: what came of one attempt.
-- Reads   -
-- Rerun   safe.
UPDATE ops.page_actions
SET
    outcome = %(outcome)s::varchar,
    dag_run_id = %(dag_run_id)s::varchar
WHERE id = %(number)s::bigint
