-- Writes  pg_temp.dirty_leads: one row, the lead to explain.
-- Reads   -
-- Rerun   dropped with the transaction.
CREATE TEMPORARY TABLE dirty_leads ON COMMIT DROP AS
SELECT %(event_id)s::bigint AS event_id
