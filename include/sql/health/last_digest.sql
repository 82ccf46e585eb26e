-- Reads   ops.incidents: the day of the last digest, NULL before the first.
SELECT max(incident.digested_on) AS digested_on
FROM ops.incidents AS incident
