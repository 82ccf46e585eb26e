-- Writes  canon.identity_links: links that changed.
-- Reads   pg_temp.link_news
-- Rerun   safe: a link that stays the same is no news.
UPDATE canon.identity_links AS link
SET
    person_key = news.person_key,
    snapshot_date = news.snapshot_date,
    match_rule = news.match_rule,
    match_score = news.match_score,
    confidence_level = news.confidence_level,
    evidence = news.evidence,
    linked_at = CASE
        WHEN news.is_new_version THEN %(read_at)s::timestamptz
        ELSE link.linked_at
    END,
    run_id = CASE
        WHEN news.is_new_version THEN %(run_id)s::bigint
        ELSE link.run_id
    END
FROM link_news AS news
WHERE
    link.source_table = news.source_table
    AND link.source_pk = news.source_pk
    AND news.person_key IS NOT NULL
    AND news.is_known
