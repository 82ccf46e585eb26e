-- Takes   the turn of identity resolution, and of each source: no load may move the events meanwhile.
SELECT pg_advisory_xact_lock(hashtextextended(turn.name, 0)) AS turn
FROM (
    SELECT 'leads.identity' AS name
    UNION ALL
    SELECT 'leads.load.' || source.name AS name
    FROM unnest(%(source_tables)s::text[]) AS source (name)
    ORDER BY turn.name
) AS turn
