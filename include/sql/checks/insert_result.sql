-- Writes  ops.check_results: what one check found.
-- Reads   -
-- Rerun   adds another row.
INSERT INTO ops.check_results (
    run_id, check_name, severity, claim, scope, violation_count, tolerance, is_passed,
    violations, seconds, checked_at
)
VALUES (
    %(run_id)s::bigint,
    %(check_name)s::varchar,
    %(severity)s::varchar,
    %(claim)s::text,
    %(scope)s::varchar,
    %(violation_count)s::bigint,
    %(tolerance)s::bigint,
    %(is_passed)s::boolean,
    %(violations)s::jsonb,
    %(seconds)s::double precision,
    %(checked_at)s::timestamptz
)
