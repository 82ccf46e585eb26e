-- Writes  ops.airflow_state: its one row, what Airflow says of itself now.
-- Reads   nothing else
-- Rerun   safe: what is older does not replace what is newer.
INSERT INTO ops.airflow_state AS state (
    observed_at,
    is_paused,
    is_scheduler_alive,
    running_count,
    queued_count,
    next_run_at
)
VALUES (
    %(at)s::timestamptz,
    %(is_paused)s::boolean,
    %(is_scheduler_alive)s::boolean,
    %(running_count)s::integer,
    %(queued_count)s::integer,
    %(next_run_at)s::timestamptz
)
ON CONFLICT (is_only) DO UPDATE SET
    observed_at = excluded.observed_at,
    is_paused = excluded.is_paused,
    is_scheduler_alive = excluded.is_scheduler_alive,
    running_count = excluded.running_count,
    queued_count = excluded.queued_count,
    next_run_at = excluded.next_run_at
WHERE state.observed_at <= excluded.observed_at
