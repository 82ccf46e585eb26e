-- Takes   the source's turn until the transaction ends; waits while another load has it.
SELECT
    pg_advisory_xact_lock(
        hashtextextended('leads.load.' || %(source_table)s::text, 0)
    ) AS turn
