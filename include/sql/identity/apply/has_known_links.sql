-- Returns one row: whether any link that is there already changes or ends.
-- Reads   pg_temp.link_news
SELECT coalesce(bool_or(news.is_known), false) AS has_known_links
FROM link_news AS news
