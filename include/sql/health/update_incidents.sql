-- Writes  ops.incidents: what is known now of the open ones.
-- Reads   nothing else
-- Rerun   safe: the same again changes nothing.
WITH
known AS (
    SELECT known.*
    FROM jsonb_to_recordset(%(incidents)s::jsonb) AS known (
        incident_id bigint,
        verdict varchar,
        seen_at timestamptz,
        seen_count integer,
        well_since_at timestamptz,
        closed_at timestamptz,
        facts jsonb,
        impact jsonb,
        digested_on date
    )
)

UPDATE ops.incidents AS incident
SET
    verdict = known.verdict,
    seen_at = known.seen_at,
    seen_count = known.seen_count,
    well_since_at = known.well_since_at,
    closed_at = known.closed_at,
    facts = known.facts,
    impact = known.impact,
    digested_on = known.digested_on
FROM known
WHERE incident.id = known.incident_id
