DROP TABLE IF EXISTS ops.source_coverage, ops.source_state;

ALTER TABLE ops.ingestion_runs DROP CONSTRAINT IF EXISTS ingestion_runs_balance_ck;
DROP INDEX IF EXISTS ops.ingestion_runs_running_idx;
DROP INDEX IF EXISTS ops.ingestion_runs_source_table_idx;
DROP INDEX IF EXISTS ops.ingestion_runs_dag_run_idx;
ALTER TABLE ops.ingestion_runs
DROP COLUMN IF EXISTS dag_id,
DROP COLUMN IF EXISTS dag_run_id,
DROP COLUMN IF EXISTS task_id,
DROP COLUMN IF EXISTS try_number,
DROP COLUMN IF EXISTS data_interval_start,
DROP COLUMN IF EXISTS data_interval_end,
DROP COLUMN IF EXISTS window_from,
DROP COLUMN IF EXISTS window_to,
DROP COLUMN IF EXISTS worker,
DROP COLUMN IF EXISTS backend_pid,
DROP COLUMN IF EXISTS backend_started_at;

-- The other indexes of the migration go with their columns.
DROP INDEX IF EXISTS ops.ingestion_rejects_open_source_pk_idx;
ALTER TABLE ops.ingestion_rejects
DROP COLUMN IF EXISTS raw_pk,
DROP COLUMN IF EXISTS raw_hash,
DROP COLUMN IF EXISTS slot_on;

ALTER TABLE observational.lead_events
DROP COLUMN IF EXISTS raw_pk,
DROP COLUMN IF EXISTS raw_hash,
DROP COLUMN IF EXISTS updated_at,
DROP COLUMN IF EXISTS vanished_at,
DROP COLUMN IF EXISTS run_id;
