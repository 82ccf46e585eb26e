-- Writes  ops.source_coverage: the window, cut into local days; nothing beyond the time of reading.
-- Reads   -
-- Rerun   safe: a part that is covered already is left alone.
INSERT INTO ops.source_coverage AS coverage (
    source_table, covered_on, covered, verified_at, run_id
)
WITH
params AS (
    SELECT
        %(source_table)s::varchar AS source_table,
        %(time_zone)s::text AS time_zone,
        %(covered_from)s::timestamptz AS covered_from,
        %(covered_to)s::timestamptz AS covered_to,
        %(read_at)s::timestamptz AS read_at,
        %(run_id)s::bigint AS run_id
),

days AS (
    SELECT day.begins_at::date AS covered_on
    FROM params
    CROSS JOIN LATERAL generate_series(
        (params.covered_from AT TIME ZONE params.time_zone)::date::timestamp,
        params.covered_to AT TIME ZONE params.time_zone,
        interval '1 day'
    ) AS day (begins_at)
),

parts AS (
    SELECT
        params.source_table,
        days.covered_on,
        tstzrange(
            greatest(
                params.covered_from,
                days.covered_on::timestamp AT TIME ZONE params.time_zone
            ),
            least(
                params.covered_to,
                (days.covered_on + 1)::timestamp AT TIME ZONE params.time_zone
            )
        ) AS part,
        params.read_at,
        params.run_id
    FROM days
    CROSS JOIN params
    WHERE
        params.covered_from < params.covered_to
        AND days.covered_on::timestamp AT TIME ZONE params.time_zone < params.covered_to
)

SELECT
    parts.source_table,
    parts.covered_on,
    tstzmultirange(parts.part) AS covered,
    parts.read_at,
    parts.run_id
FROM parts
ON CONFLICT (source_table, covered_on) DO UPDATE
    SET
        covered = coverage.covered + excluded.covered,
        run_id = excluded.run_id
    WHERE NOT coverage.covered @> excluded.covered
