-- Returns one row of the ledger per task: the latest, and those of one run if one is asked for.
-- Reads   ops.ingestion_runs
WITH
params AS (
    SELECT
        %(dag_run_id)s::text AS wanted,
        %(task_id)s::text AS wanted_task,
        %(limit)s::integer AS row_limit
),

latest AS (
    SELECT run.id
    FROM ops.ingestion_runs AS run
    ORDER BY run.id DESC
    LIMIT (SELECT params.row_limit FROM params)
),

asked AS (
    SELECT run.id
    FROM ops.ingestion_runs AS run
    INNER JOIN params ON run.dag_run_id = params.wanted
    ORDER BY run.id DESC
    LIMIT 50
),

numbered AS (
    SELECT run.id
    FROM ops.ingestion_runs AS run
    INNER JOIN params
        ON
        run.id = CASE
            WHEN params.wanted ~ '^[0-9]{1,18}$' THEN params.wanted::bigint
        END
),

chosen AS (
    SELECT latest.id FROM latest
    UNION
    SELECT asked.id FROM asked
    UNION
    SELECT numbered.id FROM numbered
)

SELECT
    run.id,
    run.job_type,
    run.source_table,
    run.status,
    run.started_at,
    run.completed_at,
    run.scope_date_from,
    run.scope_date_to,
    run.stats,
    run.dag_id,
    run.dag_run_id,
    run.task_id,
    run.try_number,
    left(run.error_message, 600) AS error_message,
    coalesce(run.dag_run_id = params.wanted OR run.id::text = params.wanted, false)
    -- A task without a row of its own, such as the last one, stands for its run.
    AND coalesce(
        run.task_id = params.wanted_task
        OR NOT EXISTS (
            SELECT 1
            FROM ops.ingestion_runs AS own
            WHERE
                own.dag_run_id = params.wanted
                AND own.task_id = params.wanted_task
        ),
        true
    ) AS is_wanted
FROM ops.ingestion_runs AS run
INNER JOIN chosen ON run.id = chosen.id
CROSS JOIN params
ORDER BY run.id DESC
