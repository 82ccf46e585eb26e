-- Reads   ops.ingestion_runs: per open incident, how the last job ended that could prove it over.
WITH
params AS (
    SELECT %(at)s::timestamptz AS at
),

asked AS (
    SELECT asked.*
    FROM jsonb_to_recordset(%(incidents)s::jsonb) AS asked (
        incident_id bigint,
        source_table varchar,
        tasks varchar[],
        after_at timestamptz
    )
)

SELECT
    asked.incident_id,
    last_run.status AS last_status,
    last_run.completed_at AS last_ended_at,
    coalesce(completed.has_any, false) AS has_completed,
    coalesce(completed.has_last_job, false) AS has_completed_last_job
FROM asked
CROSS JOIN params
LEFT JOIN LATERAL (
    SELECT
        run.status,
        run.completed_at
    FROM ops.ingestion_runs AS run
    WHERE
        run.completed_at <= params.at
        AND (
            (
                run.source_table = asked.source_table
                AND run.job_type = 'lead_ingestion'
            )
            OR run.task_id = any(asked.tasks)
        )
    ORDER BY
        run.completed_at DESC,
        run.id DESC
    LIMIT 1
) AS last_run ON true
LEFT JOIN LATERAL (
    SELECT
        true AS has_any,
        bool_or(run.job_type = 'view_validation') AS has_last_job
    FROM ops.ingestion_runs AS run
    WHERE
        run.status = 'COMPLETED'
        AND run.completed_at > asked.after_at
        AND run.completed_at <= params.at
    HAVING count(*) > 0
) AS completed ON true
