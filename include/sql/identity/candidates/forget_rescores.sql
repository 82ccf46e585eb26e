-- Writes  canon.identity_rescores: without the leads whose evidence changed, and those that are gone. What
--         is left is what its model would say today: a re-score may stop and go on over any number
--         of runs.
-- Reads   pg_temp.dirty_leads, pg_temp.departed
-- Rerun   safe.
DELETE FROM canon.identity_rescores AS kept
WHERE
    kept.event_id IN (
        SELECT dirty.event_id FROM dirty_leads AS dirty
        UNION ALL
        SELECT departed.event_id FROM departed
    )
