-- Writes  events, rejects, coverage and ledger: emptied, as if nothing had been loaded yet.
-- Reads   -
-- Rerun   safe.
TRUNCATE
    observational.lead_events,
    ops.ingestion_rejects,
    ops.source_coverage,
    ops.source_state,
    ops.ingestion_runs
CASCADE
