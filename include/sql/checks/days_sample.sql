-- Writes  pg_temp.checked_days: the last weeks, and some days of all before; others each time.
-- Reads   ops.source_coverage
-- Rerun   taken back after the checks; other days.
CREATE TEMPORARY VIEW checked_days AS
(
    SELECT DISTINCT coverage.covered_on
    FROM ops.source_coverage AS coverage
    ORDER BY coverage.covered_on DESC
    LIMIT 35
)
UNION
(
    SELECT coverage.covered_on
    FROM ops.source_coverage AS coverage
    ORDER BY random()
    LIMIT 15
)
