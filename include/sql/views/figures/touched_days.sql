-- Writes  pg_temp.touched_days: one row per day that figures of touched people count from, or did until now.
-- Reads   pg_temp.wanted_conversion, pg_temp.published_conversion
-- Rerun   dropped with the run.
INSERT INTO touched_days (covered_on)
SELECT wanted.lead_date
FROM wanted_conversion AS wanted
UNION
SELECT known.lead_date
FROM published_conversion AS known
