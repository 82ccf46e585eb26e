-- Writes  canon.identity_links: links that are new.
-- Reads   pg_temp.link_news
-- Rerun   safe: known links are left out.
INSERT INTO canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score,
    confidence_level, evidence, linked_at, run_id
)
SELECT
    news.person_key,
    news.source_table,
    news.source_pk,
    news.snapshot_date,
    news.match_rule,
    news.match_score,
    news.confidence_level,
    news.evidence,
    %(read_at)s::timestamptz,
    %(run_id)s::bigint
FROM link_news AS news
WHERE
    news.person_key IS NOT NULL
    AND NOT news.is_known
