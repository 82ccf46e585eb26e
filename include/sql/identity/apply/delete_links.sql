-- Writes  canon.identity_links: without the links of leads that have nobody now.
-- Reads   pg_temp.link_news
-- Rerun   safe.
DELETE FROM canon.identity_links AS link
USING link_news AS news
WHERE
    link.source_table = news.source_table
    AND link.source_pk = news.source_pk
    AND news.person_key IS NULL
