-- What the ingestion itself keeps: which raw row an event follows, what is covered, how far each
-- source was read, and what ties a ledger row to Airflow.

ALTER TABLE observational.lead_events
ADD COLUMN IF NOT EXISTS raw_pk varchar,
ADD COLUMN IF NOT EXISTS raw_hash uuid,
ADD COLUMN IF NOT EXISTS updated_at timestamptz,
ADD COLUMN IF NOT EXISTS vanished_at timestamptz,
ADD COLUMN IF NOT EXISTS run_id bigint;

COMMENT ON COLUMN observational.lead_events.raw_pk IS 'Primary key of the raw row the event follows; NULL until an adopted event is first compared.';
COMMENT ON COLUMN observational.lead_events.raw_hash IS 'MD5 of the whole raw row when it was last written: how a correction is noticed.';
COMMENT ON COLUMN observational.lead_events.updated_at IS 'When the event last followed a correction of its raw row.';
COMMENT ON COLUMN observational.lead_events.vanished_at IS 'When the raw row was found gone; NULL while it exists.';
COMMENT ON COLUMN observational.lead_events.run_id IS 'Ledger row of the run that last wrote the event. No foreign key: its check per row would slow a load by half.';

CREATE UNIQUE INDEX IF NOT EXISTS lead_events_source_table_raw_pk_idx
ON observational.lead_events (source_table, raw_pk);

ALTER TABLE ops.ingestion_rejects
ADD COLUMN IF NOT EXISTS raw_pk varchar,
ADD COLUMN IF NOT EXISTS raw_hash uuid,
ADD COLUMN IF NOT EXISTS slot_on date;

COMMENT ON COLUMN ops.ingestion_rejects.raw_pk IS 'Primary key of the raw row.';
COMMENT ON COLUMN ops.ingestion_rejects.raw_hash IS 'MD5 of the whole raw row when it was last written.';
COMMENT ON COLUMN ops.ingestion_rejects.slot_on IS 'Local day the row is counted on: its event date, else the day it landed; NULL with neither.';

-- Rejects from before name no raw row that a load could find them by. Nothing is covered yet: each
-- day's load judges its rows anew, and opens a reject of its own where one is due.
UPDATE ops.ingestion_rejects
SET resolved_at = now()
WHERE
    resolved_at IS NULL
    AND raw_pk IS NULL;

CREATE UNIQUE INDEX IF NOT EXISTS ingestion_rejects_open_raw_pk_idx
ON ops.ingestion_rejects (source_table, raw_pk) WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS ingestion_rejects_open_source_pk_idx
ON ops.ingestion_rejects (source_table, source_pk) WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS ingestion_rejects_open_slot_on_idx
ON ops.ingestion_rejects (source_table, slot_on) WHERE resolved_at IS NULL;

ALTER TABLE ops.ingestion_runs
ADD COLUMN IF NOT EXISTS dag_id varchar,
ADD COLUMN IF NOT EXISTS dag_run_id varchar,
ADD COLUMN IF NOT EXISTS task_id varchar,
ADD COLUMN IF NOT EXISTS try_number integer,
ADD COLUMN IF NOT EXISTS data_interval_start timestamptz,
ADD COLUMN IF NOT EXISTS data_interval_end timestamptz,
ADD COLUMN IF NOT EXISTS window_from timestamptz,
ADD COLUMN IF NOT EXISTS window_to timestamptz,
ADD COLUMN IF NOT EXISTS worker varchar,
ADD COLUMN IF NOT EXISTS backend_pid integer,
ADD COLUMN IF NOT EXISTS backend_started_at timestamptz;

COMMENT ON COLUMN ops.ingestion_runs.dag_id IS 'Airflow DAG.';
COMMENT ON COLUMN ops.ingestion_runs.dag_run_id IS 'Airflow DAG run.';
COMMENT ON COLUMN ops.ingestion_runs.task_id IS 'Airflow task.';
COMMENT ON COLUMN ops.ingestion_runs.try_number IS 'Try of the task, from 1.';
COMMENT ON COLUMN ops.ingestion_runs.data_interval_start IS 'Start of the DAG run''s data interval; NULL for runs without one.';
COMMENT ON COLUMN ops.ingestion_runs.data_interval_end IS 'End of the DAG run''s data interval; NULL for runs without one.';
COMMENT ON COLUMN ops.ingestion_runs.window_from IS 'Start of the window, inclusive.';
COMMENT ON COLUMN ops.ingestion_runs.window_to IS 'End of the window, exclusive.';
COMMENT ON COLUMN ops.ingestion_runs.worker IS 'Host and process that did the work.';
COMMENT ON COLUMN ops.ingestion_runs.backend_pid IS 'Database session of the worker; the run is dead when it is gone.';
COMMENT ON COLUMN ops.ingestion_runs.backend_started_at IS 'When that session began; tells it from a later one of the same number.';

CREATE INDEX IF NOT EXISTS ingestion_runs_running_idx
ON ops.ingestion_runs (id) WHERE status = 'RUNNING';
CREATE INDEX IF NOT EXISTS ingestion_runs_source_table_idx
ON ops.ingestion_runs (source_table, id) WHERE source_table IS NOT NULL;
CREATE INDEX IF NOT EXISTS ingestion_runs_dag_run_idx
ON ops.ingestion_runs (dag_run_id, task_id);

-- NOT VALID: rows of an earlier system are history, not ours to judge.
ALTER TABLE ops.ingestion_runs
ADD CONSTRAINT ingestion_runs_balance_ck CHECK (
    job_type != 'lead_ingestion'
    OR status != 'COMPLETED'
    OR coalesce(
        (stats ->> 'read')::bigint
        = (stats ->> 'inserted')::bigint
        + (stats ->> 'updated')::bigint
        + (stats ->> 'unchanged')::bigint
        + (stats ->> 'rejected')::bigint,
        false
    )
) NOT VALID;

CREATE TABLE ops.source_state (
    source_table varchar NOT NULL,
    high_water varchar,
    snapshot pg_snapshot,
    read_at timestamptz,
    run_id bigint,
    CONSTRAINT source_state_pk PRIMARY KEY (source_table),
    CONSTRAINT source_state_run_id_fk FOREIGN KEY (
        run_id
    ) REFERENCES ops.ingestion_runs (id)
);

COMMENT ON TABLE ops.source_state IS 'One row per source: how far it was read. Every load ends by writing it, so two loads cannot overlap.';
COMMENT ON COLUMN ops.source_state.source_table IS 'The raw table.';
COMMENT ON COLUMN ops.source_state.high_water IS 'Greatest raw key seen by any read: later rows are looked for from just below it. NULL for keys without order.';
COMMENT ON COLUMN ops.source_state.snapshot IS 'Which transactions the last completed load could see: tells rows it missed from rows that came later.';
COMMENT ON COLUMN ops.source_state.read_at IS 'When the last completed load read the source.';
COMMENT ON COLUMN ops.source_state.run_id IS 'Ledger row of that load.';

CREATE TABLE ops.source_coverage (
    source_table varchar NOT NULL,
    covered_on date NOT NULL,
    covered tstzmultirange NOT NULL,
    verified_at timestamptz NOT NULL,
    raw_count bigint,
    event_count bigint,
    reject_count bigint,
    run_id bigint,
    CONSTRAINT source_coverage_pk PRIMARY KEY (source_table, covered_on),
    CONSTRAINT source_coverage_run_id_fk FOREIGN KEY (
        run_id
    ) REFERENCES ops.ingestion_runs (id)
);

COMMENT ON TABLE ops.source_coverage IS 'One row per source and local day: which part of the day completed runs have covered.';
COMMENT ON COLUMN ops.source_coverage.source_table IS 'The raw table.';
COMMENT ON COLUMN ops.source_coverage.covered_on IS 'The local day.';
COMMENT ON COLUMN ops.source_coverage.covered IS 'The covered part of the day, as half-open UTC ranges.';
COMMENT ON COLUMN ops.source_coverage.verified_at IS 'When every raw row of the covered part was last compared with its event or reject.';
COMMENT ON COLUMN ops.source_coverage.raw_count IS 'Raw rows of the covered part at the last count.';
COMMENT ON COLUMN ops.source_coverage.event_count IS 'Their events at the last count.';
COMMENT ON COLUMN ops.source_coverage.reject_count IS 'Their open rejects at the last count; raw_count = event_count + reject_count.';
COMMENT ON COLUMN ops.source_coverage.run_id IS 'Ledger row of the run that last counted the day.';
COMMENT ON CONSTRAINT ingestion_runs_balance_ck ON ops.ingestion_runs IS 'What was read is what was written, left alone or rejected.';
