-- Writes  canon.lead_name_keys: without the keys that changed leads no longer have.
-- Reads   pg_temp.news_name_keys
-- Rerun   safe.
DELETE FROM canon.lead_name_keys AS kept
USING news_name_keys AS changed
WHERE
    kept.name_key = changed.name_key
    AND kept.event_id = changed.event_id
    AND changed.is_old
