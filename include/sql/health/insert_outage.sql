-- Writes  ops.incidents: one row for an outage that is over.
-- Reads   itself
-- Rerun   safe: an outage that began at the same moment is the same one.
WITH
params AS (
    SELECT
        %(cause_key)s::varchar AS cause_key,
        %(opened_at)s::timestamptz AS opened_at,
        %(at)s::timestamptz AS at
)

INSERT INTO ops.incidents (
    cause_key, verdict, opened_at, since_at, seen_at, well_since_at, closed_at
)
SELECT
    params.cause_key,
    'WAREHOUSE_UNREACHABLE' AS verdict,
    params.opened_at,
    params.opened_at AS since_at,
    params.opened_at AS seen_at,
    params.at AS well_since_at,
    params.at AS closed_at
FROM params
WHERE
    NOT EXISTS (
        SELECT 1
        FROM ops.incidents AS known
        WHERE
            known.cause_key = params.cause_key
            AND known.opened_at = params.opened_at
    )
RETURNING id
