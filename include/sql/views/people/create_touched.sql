-- Writes  pg_temp.touched: empty; one row per person whose figures are to be reckoned anew.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched (person_key uuid PRIMARY KEY) ON COMMIT DROP
