-- Takes   the turn of whoever changes payment rules, and of refreshes: nobody else changes one until the
--         end.
-- Reads   -
-- Note    in the order of the names, as a refresh takes its turns.
SELECT pg_advisory_xact_lock(hashtextextended(turn.name, 0)) AS turn
FROM (
    VALUES
    ('leads.rules'),
    ('leads.views')
) AS turn (name)
