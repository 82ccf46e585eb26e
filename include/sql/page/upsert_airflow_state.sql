-- Writes  ops.airflow_state: what Airflow said of itself just now.
-- Reads   -
-- Rerun   safe: what is known for less than a minute is written again only when it changed.
INSERT INTO ops.airflow_state AS known (
    observed_at, is_paused, is_scheduler_alive, running_count, queued_count, next_run_at
)
SELECT
    %(now)s::timestamptz AS observed_at,
    %(is_paused)s::boolean AS is_paused,
    %(is_scheduler_alive)s::boolean AS is_scheduler_alive,
    %(running_count)s::integer AS running_count,
    %(queued_count)s::integer AS queued_count,
    %(next_run_at)s::timestamptz AS next_run_at
ON CONFLICT (is_only) DO UPDATE
    SET
        observed_at = excluded.observed_at,
        is_paused = excluded.is_paused,
        is_scheduler_alive = excluded.is_scheduler_alive,
        running_count = excluded.running_count,
        queued_count = excluded.queued_count,
        next_run_at = excluded.next_run_at
    WHERE
    known.observed_at < excluded.observed_at
    AND (
        known.observed_at < excluded.observed_at - interval '1 minute'
        OR (
            known.is_paused,
            known.is_scheduler_alive,
            known.running_count,
            known.queued_count,
            known.next_run_at
        ) IS DISTINCT FROM (
            excluded.is_paused,
            excluded.is_scheduler_alive,
            excluded.running_count,
            excluded.queued_count,
            excluded.next_run_at
        )
    )
