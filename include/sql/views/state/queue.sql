-- Takes   the turn of the views, of attribution, of identity resolution and of each source: nothing that
--         the figures are made of moves until the end. Readers wait for none of them.
SELECT pg_advisory_xact_lock(hashtextextended(turn.name, 0)) AS turn
FROM (
    SELECT lock.name
    FROM
        unnest(
            ARRAY['leads.attribute', 'leads.identity', 'leads.views'] || array(
                SELECT 'leads.load.' || source.name
                FROM unnest(%(source_tables)s::text[]) AS source (name)
            )
        ) AS lock (name)
    ORDER BY lock.name
) AS turn
