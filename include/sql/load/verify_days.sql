-- Writes  ops.source_coverage: the compared days are proved as of this load.
-- Reads   -
-- Rerun   safe.
UPDATE ops.source_coverage AS coverage
SET verified_at = %(read_at)s::timestamptz
WHERE
    coverage.source_table = %(source_table)s
    AND (
        (
            coverage.covered_on >= %(scan_from)s::date
            AND coverage.covered_on < %(scan_to)s::date
        )
        OR (
            coverage.covered_on >= %(rotation_from)s::date
            AND coverage.covered_on < %(rotation_to)s::date
        )
    )
