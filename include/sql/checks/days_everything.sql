-- Writes  pg_temp.checked_days: all days that were ever loaded.
-- Reads   ops.source_coverage
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_days AS
SELECT DISTINCT coverage.covered_on
FROM ops.source_coverage AS coverage
