-- Writes  pg_temp.dirty_leads: one row per lead of the next batch of a re-score: those that the model has
--         not judged yet, in the order of their numbers.
-- Reads   canon.lead_keys, canon.identity_rescores
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE dirty_leads ON COMMIT DROP AS
SELECT lead.event_id
FROM canon.lead_keys AS lead
WHERE
    lead.event_id > %(after)s::bigint
    AND NOT EXISTS (
        SELECT 1 FROM canon.identity_rescores AS kept
        WHERE
            kept.version = %(model_version)s::integer
            AND kept.event_id = lead.event_id
    )
ORDER BY lead.event_id
LIMIT %(batch_size)s::integer
