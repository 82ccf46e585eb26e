-- Writes  canon.lead_name_keys: the keys of new and changed leads.
-- Reads   pg_temp.news_name_keys
-- Rerun   safe: after the delete none of them is there.
INSERT INTO canon.lead_name_keys (name_key, event_id)
SELECT
    changed.name_key,
    changed.event_id
FROM news_name_keys AS changed
WHERE NOT changed.is_old
ORDER BY changed.name_key
