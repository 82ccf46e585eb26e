-- Writes  pg_temp.departed: empty; one row per event that is gone.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE departed (
    event_id bigint NOT NULL,
    source_table varchar NOT NULL,
    source_pk varchar NOT NULL
) ON COMMIT DROP
