-- Writes  canon.identity_link_history: the versions of links that end now.
-- Reads   pg_temp.link_news, canon.identity_links
-- Rerun   safe: a link that stays the same is no news.
INSERT INTO canon.identity_link_history (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score,
    confidence_level, evidence, linked_at, run_id, closed_at, closed_run_id
)
SELECT
    link.person_key,
    link.source_table,
    link.source_pk,
    link.snapshot_date,
    link.match_rule,
    link.match_score,
    link.confidence_level,
    link.evidence,
    link.linked_at,
    link.run_id,
    %(read_at)s::timestamptz,
    %(run_id)s::bigint
FROM link_news AS news
INNER JOIN canon.identity_links AS link
    ON news.source_table = link.source_table AND news.source_pk = link.source_pk
WHERE news.is_new_version
