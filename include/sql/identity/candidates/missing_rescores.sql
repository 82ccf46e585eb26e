-- Writes  pg_temp.dirty_leads: also the leads that the model about to be used has not judged.
-- Reads   canon.lead_keys, canon.identity_rescores
-- Rerun   safe.
INSERT INTO dirty_leads (event_id)
SELECT lead.event_id
FROM canon.lead_keys AS lead
WHERE
    NOT EXISTS (
        SELECT 1 FROM canon.identity_rescores AS kept
        WHERE
            kept.version = %(model_version)s::integer
            AND kept.event_id = lead.event_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM dirty_leads AS dirty
        WHERE dirty.event_id = lead.event_id
    )
