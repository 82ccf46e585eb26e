-- Writes  pg_temp.wanted: keys of raw rows to look up one by one.
-- Reads   the source (for the type of its key)
-- Rerun   gone with the transaction.
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
SELECT
    source.raw_id,
    NULL::varchar AS raw_pk
FROM ( -- noqa: ST05
    %(raw_source)s
) AS source
WITH NO DATA
