-- Returns one row: the stretch of older covered days to prove again now, [day_from, day_to); NULLs
--         when none is due. A day is due three days after its last proof; a 24th of the older days
--         is taken at once, and all that come near a week, so that four runs a day go round in time.
-- Reads   ops.source_coverage
WITH
params AS NOT MATERIALIZED (
    SELECT
        %(source_table)s::varchar AS source_table,
        %(scan_from)s::date AS scan_from,
        %(read_at)s::timestamptz AS read_at
),

older AS (
    SELECT
        coverage.covered_on,
        coverage.verified_at,
        coverage.verified_at < params.read_at - interval '3 days' AS is_due,
        coverage.verified_at < params.read_at - interval '6 days' AS is_pressing
    FROM ops.source_coverage AS coverage
    CROSS JOIN params
    WHERE
        coverage.source_table = params.source_table
        AND coverage.covered_on < params.scan_from
),

share AS (
    SELECT
        greatest(ceil(count(*) / 24.0), count(*) FILTER (WHERE older.is_pressing))
            AS day_count
    FROM older
),

oldest AS (
    SELECT older.covered_on
    FROM older
    WHERE older.is_due
    ORDER BY older.verified_at, older.covered_on
    LIMIT 1
),

picked AS (
    SELECT
        older.covered_on,
        row_number() OVER (ORDER BY older.covered_on) AS place
    FROM older
    INNER JOIN oldest
        ON older.covered_on >= oldest.covered_on
    WHERE older.is_due
)

SELECT
    min(picked.covered_on) AS day_from,
    max(picked.covered_on) + 1 AS day_to
FROM picked
INNER JOIN share
    ON picked.place <= share.day_count
