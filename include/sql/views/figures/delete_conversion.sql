-- Writes  observational.conversion_metrics: without rows of touched people that are no longer to be.
-- Reads   pg_temp.changed_conversion
-- Rerun   safe.
DELETE FROM observational.conversion_metrics AS target
USING changed_conversion AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NULL
