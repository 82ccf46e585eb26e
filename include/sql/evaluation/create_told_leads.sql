-- Writes  pg_temp.told_leads: empty; one row per lead of which somebody told whose it is.
-- Rerun   dropped with the session.
CREATE TEMPORARY TABLE told_leads (
    source_table text NOT NULL,
    source_pk text NOT NULL,
    driver_id text,
    PRIMARY KEY (source_table, source_pk)
)
