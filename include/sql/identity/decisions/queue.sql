-- Takes   the turn of identity resolution: a run marks every decision as reckoned with, also one that
--         was written after it had looked.
SELECT pg_advisory_xact_lock(hashtextextended('leads.identity', 0)) AS turn
