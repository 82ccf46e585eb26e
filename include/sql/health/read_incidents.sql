-- Reads   ops.incidents: those that are open, oldest first, and whether people were told of them.
SELECT
    incident.id AS incident_id,
    incident.cause_key,
    incident.verdict,
    incident.opened_at,
    incident.since_at,
    incident.seen_at,
    incident.seen_count,
    incident.well_since_at,
    incident.closed_at,
    incident.facts,
    incident.impact,
    incident.digested_on,
    exists(
        SELECT 1
        FROM ops.mails AS mail
        WHERE
            mail.incident_id = incident.id
            AND mail.kind = 'opening'
    ) AS is_told
FROM ops.incidents AS incident
WHERE incident.closed_at IS NULL
ORDER BY
    incident.opened_at,
    incident.id
