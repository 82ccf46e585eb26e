-- Writes  ops.incidents: one row per problem that is new.
-- Reads   nothing else
-- Rerun   refused: there is one open incident per cause.
WITH
params AS (
    SELECT %(at)s::timestamptz AS at
),

found AS (
    SELECT found.*
    FROM jsonb_to_recordset(%(incidents)s::jsonb) AS found (
        cause_key varchar,
        verdict varchar,
        since_at timestamptz,
        facts jsonb,
        impact jsonb
    )
)

INSERT INTO ops.incidents (
    cause_key, verdict, opened_at, since_at, seen_at, facts, impact
)
SELECT
    found.cause_key,
    found.verdict,
    params.at AS opened_at,
    least(found.since_at, params.at) AS since_at,
    params.at AS seen_at,
    found.facts,
    found.impact
FROM found
CROSS JOIN params
RETURNING id AS incident_id, cause_key
