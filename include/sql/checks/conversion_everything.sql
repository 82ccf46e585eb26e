-- Writes  pg_temp.checked_conversion: all published rows.
-- Reads   observational.conversion_metrics
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_conversion AS
SELECT metric.*
FROM observational.conversion_metrics AS metric
