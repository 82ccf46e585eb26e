-- Writes  pg_temp.wanted: keys of raw rows to look up one by one.
-- Reads   pg_temp.raw_source (for the type of its key)
-- Rerun   gone with the transaction.
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
SELECT
    source.raw_id,
    NULL::varchar AS raw_pk
FROM raw_source AS source
WITH NO DATA
