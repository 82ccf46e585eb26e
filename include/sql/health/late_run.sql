-- Reads   ops.ingestion_runs: the run that has been at work longest, if it began before a moment.
WITH
params AS (
    SELECT
        %(at)s::timestamptz AS at,
        %(late_before)s::timestamptz AS late_before
),

at_work AS (
    SELECT DISTINCT run.dag_run_id
    FROM ops.ingestion_runs AS run
    CROSS JOIN params
    WHERE
        run.status = 'RUNNING'
        AND run.dag_run_id IS NOT NULL
        AND run.started_at <= params.at
        -- A worker whose session is gone runs no more, whatever its row says.
        AND (
            run.backend_pid IS NULL
            OR EXISTS (
                SELECT 1
                FROM pg_stat_get_activity(run.backend_pid) AS session
                WHERE
                    session.pid = run.backend_pid
                    AND coalesce(session.backend_start = run.backend_started_at, true)
            )
        )
),

-- A run that was cleared began again when it was.
began AS (
    SELECT
        at_work.dag_run_id,
        min(run.started_at) AS began_at
    FROM at_work
    INNER JOIN ops.ingestion_runs AS run ON at_work.dag_run_id = run.dag_run_id
    LEFT JOIN LATERAL (
        SELECT max(ended.completed_at) AS ended_at
        FROM ops.ingestion_runs AS ended
        WHERE
            ended.dag_run_id = at_work.dag_run_id
            AND (
                ended.status = 'FAILED'
                OR (
                    ended.status = 'COMPLETED'
                    AND ended.job_type = 'view_validation'
                )
            )
    ) AS before ON true
    WHERE before.ended_at IS NULL OR run.started_at > before.ended_at
    GROUP BY at_work.dag_run_id
)

SELECT
    began.dag_run_id,
    began.began_at
FROM began
INNER JOIN params ON began.began_at < params.late_before
ORDER BY began.began_at
LIMIT 1
