-- Writes  ops.ingestion_runs: one row, RUNNING.
-- Reads   pg_stat_get_activity, for the worker's own backend
-- Rerun   opens another row: each try has its own.
INSERT INTO ops.ingestion_runs (
    started_at, status, job_type, source_table, scope_date_from, scope_date_to,
    window_from, window_to, incremental, dag_id, dag_run_id, task_id, try_number,
    data_interval_start, data_interval_end, worker, backend_pid, backend_started_at
)
SELECT
    clock_timestamp() AS started_at,
    'RUNNING' AS status,
    %(job_type)s::varchar AS job_type,
    %(source_table)s::varchar AS source_table,
    %(scope_date_from)s::date AS scope_date_from,
    %(scope_date_to)s::date AS scope_date_to,
    %(window_from)s::timestamptz AS window_from,
    %(window_to)s::timestamptz AS window_to,
    %(incremental)s::boolean AS incremental,
    %(dag_id)s::varchar AS dag_id,
    %(dag_run_id)s::varchar AS dag_run_id,
    %(task_id)s::varchar AS task_id,
    %(try_number)s::integer AS try_number,
    %(data_interval_start)s::timestamptz AS data_interval_start,
    %(data_interval_end)s::timestamptz AS data_interval_end,
    %(worker)s::varchar AS worker,
    session.pid AS backend_pid,
    session.backend_start AS backend_started_at
FROM pg_stat_get_activity(pg_backend_pid()) AS session
RETURNING id
