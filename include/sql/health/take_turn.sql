-- Takes   the turn of whoever looks after incidents, until the transaction ends: what one has found
--         is written before another looks.
SELECT pg_advisory_xact_lock(hashtextextended('leads.incidents', 0)) AS turn
