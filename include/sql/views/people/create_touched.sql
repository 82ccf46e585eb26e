-- Writes  pg_temp.touched: empty; one row per person whose figures are to be reckoned anew.
-- Rerun   dropped with the run.
-- Note    filled in the order of the key, which tables and indexes have, too: of neighbours each block is
--         then met once.
CREATE TEMPORARY TABLE touched (person_key uuid PRIMARY KEY) ON COMMIT DROP
