-- Takes   attribution's turn until the transaction ends, and that of identity resolution. A mark
--         that is there already is left as it is by who marks the person again: taken before that
--         commits, it would be gone, and what changed would never be seen.
SELECT pg_advisory_xact_lock(hashtextextended(turn.name, 0)) AS turn
FROM (
    VALUES
    ('leads.attribute'),
    ('leads.identity')
) AS turn (name)
