-- Writes  ops.ingestion_runs: RUNNING rows become FAILED when their session is gone, or when a later
--         try of the same task begins.
-- Reads   the server's sessions
-- Rerun   safe: a closed row stays closed.
WITH
params AS (
    SELECT
        %(dag_id)s::varchar AS dag_id,
        %(dag_run_id)s::varchar AS dag_run_id,
        %(task_id)s::varchar AS task_id,
        %(try_number)s::integer AS try_number
),

dead AS (
    SELECT
        run.id,
        coalesce(
            run.dag_id = params.dag_id
            AND run.dag_run_id = params.dag_run_id
            AND run.task_id = params.task_id
            AND run.backend_pid != pg_backend_pid(),
            false
        ) AS is_superseded,
        params.try_number
    FROM ops.ingestion_runs AS run
    CROSS JOIN params
    WHERE
        run.status = 'RUNNING'
        AND (
            NOT EXISTS (
                SELECT 1
                -- What pg_stat_activity is made of; the view costs more than all else here.
                FROM pg_stat_get_activity(run.backend_pid) AS session
                WHERE
                    session.pid = run.backend_pid
                    -- Hidden from other roles: then the process number alone must do.
                    AND coalesce(session.backend_start = run.backend_started_at, true)
            )
            OR (
                run.dag_id = params.dag_id
                AND run.dag_run_id = params.dag_run_id
                AND run.task_id = params.task_id
                AND run.backend_pid != pg_backend_pid()
            )
        )
    -- Not FOR UPDATE: a run at work references its own row, and that lock would count as taken.
    FOR NO KEY UPDATE OF run SKIP LOCKED
)

UPDATE ops.ingestion_runs AS run
SET
    status = 'FAILED',
    completed_at = clock_timestamp(),
    error_message = CASE
        WHEN dead.is_superseded
            THEN
                'Try '
                || coalesce(dead.try_number::text, '?')
                || ' of this task took over '
                || 'before this one ended. Nothing of this one was kept.'
        ELSE
            'The worker died before it ended: its database session is gone. Nothing of '
            || 'this run was kept; the task''s next try, or clearing the task, does '
            || 'the window again.'
    END
FROM dead
WHERE run.id = dead.id
RETURNING run.id
