-- Returns one row per open incident, the oldest first.
-- Reads   ops.incidents
SELECT
    incident.id,
    incident.cause_key,
    incident.verdict,
    incident.opened_at,
    coalesce(incident.since_at, incident.opened_at) AS since_at,
    incident.well_since_at,
    incident.facts,
    incident.impact
FROM ops.incidents AS incident
WHERE incident.closed_at IS NULL
ORDER BY incident.opened_at, incident.id
LIMIT %(limit)s::integer
