-- Reads   ops.ingestion_runs: the row that a failed task left, for its number and its days.
SELECT
    run.id AS run_id,
    run.scope_date_from,
    run.scope_date_to
FROM ops.ingestion_runs AS run
WHERE
    run.dag_id = %(dag_id)s::varchar
    AND run.dag_run_id = %(dag_run_id)s::varchar
    AND run.task_id = %(task_id)s::varchar
    AND run.status = 'FAILED'
ORDER BY run.id DESC
LIMIT 1
