-- Takes   the turn of identity resolution, and of each source: no load may move the events meanwhile.
SELECT pg_advisory_xact_lock(hashtextextended(turn.name, 0)) AS turn
FROM (
    SELECT lock.name
    FROM
        unnest(
            ARRAY['leads.identity'] || array(
                SELECT 'leads.load.' || source.name
                FROM unnest(%(source_tables)s::text[]) AS source (name)
            )
        ) AS lock (name)
    ORDER BY lock.name
) AS turn
