-- Returns one row per check whose last result goes against its claim.
-- Reads   ops.check_results
WITH
last_results AS (
    SELECT DISTINCT ON (result.check_name)
        result.check_name,
        result.severity,
        result.claim,
        result.violation_count,
        result.is_passed,
        result.checked_at
    FROM ops.check_results AS result
    ORDER BY result.check_name ASC, result.id DESC
)

SELECT
    last_results.check_name,
    last_results.severity,
    last_results.claim,
    last_results.violation_count,
    last_results.checked_at
FROM last_results
WHERE NOT last_results.is_passed
ORDER BY last_results.severity ASC, last_results.check_name ASC
