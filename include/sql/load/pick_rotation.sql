-- Returns one row: the stretch of older covered days to prove again now, [day_from, day_to); NULLs
--         when none is due. A day is due three days after its last proof. What is due is shared out
--         over the runs, four a day, that are left until the first of it is six days old; should
--         runs have stood still for so long, all that is overdue is taken at once.
-- Reads   ops.source_coverage
WITH
params AS NOT MATERIALIZED (
    SELECT
        %(source_table)s::varchar AS source_table,
        %(scan_from)s::date AS scan_from,
        %(read_at)s::timestamptz AS read_at
),

due AS (
    SELECT
        coverage.covered_on,
        coverage.verified_at - params.read_at + interval '6 days' AS time_left
    FROM ops.source_coverage AS coverage
    CROSS JOIN params
    WHERE
        coverage.source_table = params.source_table
        AND coverage.covered_on < params.scan_from
        AND coverage.verified_at < params.read_at - interval '3 days'
),

share AS (
    SELECT
        greatest(
            ceil(
                count(*) / greatest(
                    floor(extract(EPOCH FROM min(due.time_left)) / 21600), 1
                )
            ),
            count(*) FILTER (WHERE due.time_left <= interval '0')
        ) AS day_count
    FROM due
),

oldest AS (
    SELECT due.covered_on
    FROM due
    ORDER BY due.time_left, due.covered_on
    LIMIT 1
),

picked AS (
    SELECT
        due.covered_on,
        row_number() OVER (ORDER BY due.covered_on) AS place
    FROM due
    INNER JOIN oldest
        ON due.covered_on >= oldest.covered_on
)

SELECT
    min(picked.covered_on) AS day_from,
    max(picked.covered_on) + 1 AS day_to
FROM picked
INNER JOIN share
    ON picked.place <= share.day_count
