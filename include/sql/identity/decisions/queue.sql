-- Takes   the turn of identity resolution: what a decision is checked against stays as it is until the
--         decision is written.
SELECT pg_advisory_xact_lock(hashtextextended('leads.identity', 0)) AS turn
