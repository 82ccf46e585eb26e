-- Returns one row: how far the source was read and what is covered. The row is locked, so that a
--         load that started from an older snapshot fails here instead of working on stale data.
-- Reads   ops.source_state, ops.source_coverage
SELECT
    state.high_water,
    state.snapshot::text AS snapshot,
    (
        SELECT range_agg(part.covered)
        FROM ops.source_coverage AS coverage
        CROSS JOIN LATERAL unnest(coverage.covered) AS part (covered)
        WHERE coverage.source_table = state.source_table
    )::text AS covered
FROM ops.source_state AS state
WHERE state.source_table = %(source_table)s
FOR UPDATE OF state
