-- Writes  pg_temp.stale_names: empty; one row per account and name that payments may be looked for under.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE stale_names (
    driver_id varchar NOT NULL,
    name_norm varchar NOT NULL
) ON COMMIT DROP
