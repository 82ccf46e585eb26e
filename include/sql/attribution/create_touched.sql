-- Writes  pg_temp.touched: one row per person to look at, empty.
-- Reads   -
-- Rerun   gone with the transaction.
CREATE TEMPORARY TABLE touched (person_key uuid) ON COMMIT DROP
