-- Returns one row per source: the days that a DAG run's loads covered or counted, [day_from, day_to).
-- Reads   ops.ingestion_runs, ops.source_coverage
SELECT
    run.source_table,
    least(min(run.scope_date_from), min(coverage.covered_on)) AS day_from,
    greatest(max(run.scope_date_to), max(coverage.covered_on)) + 1 AS day_to
FROM ops.ingestion_runs AS run
LEFT JOIN ops.source_coverage AS coverage
    ON run.id = coverage.run_id
WHERE
    run.dag_run_id = %(dag_run_id)s::varchar
    AND run.source_table IS NOT NULL
    AND run.status = 'COMPLETED'
GROUP BY run.source_table
ORDER BY run.source_table
