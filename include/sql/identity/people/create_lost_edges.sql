-- Writes  pg_temp.lost_edges: empty; one row per edge that was there before this run.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE lost_edges (
    account_a bigint NOT NULL,
    account_b bigint NOT NULL
) ON COMMIT DROP
