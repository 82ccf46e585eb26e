-- Writes  pg_temp.checked_financial: all published rows.
-- Reads   ops.cabinet_financial_14d
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_financial AS
SELECT financial.*
FROM ops.cabinet_financial_14d AS financial
