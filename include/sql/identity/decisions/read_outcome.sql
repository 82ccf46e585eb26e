-- Returns one row per account or lead that this run judged anew: person, rule and level, or why nobody.
-- Reads   pg_temp.link_news, pg_temp.decided
SELECT
    news.source_table,
    news.source_pk,
    news.person_key,
    CASE WHEN news.person_key IS NOT NULL THEN news.match_rule END AS match_rule,
    CASE
        WHEN news.person_key IS NOT NULL THEN news.confidence_level
    END AS confidence_level,
    decided.reason_code
FROM link_news AS news
LEFT JOIN decided
    ON news.source_table = decided.source_table AND news.source_pk = decided.source_pk
UNION ALL
SELECT
    decided.source_table,
    decided.source_pk,
    NULL AS person_key,
    NULL AS match_rule,
    NULL AS confidence_level,
    decided.reason_code
FROM decided
WHERE
    decided.person_key IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM link_news AS news
        WHERE
            news.source_table = decided.source_table
            AND news.source_pk = decided.source_pk
    )
