-- Returns one row per check that ever ran: what it found last, and of rows against its claim the first.
-- Reads   ops.check_results
SELECT DISTINCT ON (result.check_name)
    result.check_name,
    result.scope AS extent,
    result.violation_count,
    result.is_passed,
    coalesce(result.violations, '[]'::jsonb) AS violations,
    result.checked_at
FROM ops.check_results AS result
ORDER BY result.check_name ASC, result.id DESC
