-- Returns one row: what this run did, in numbers.
-- Reads   pg_temp.account_news, pg_temp.dirty_leads, pg_temp.candidates, pg_temp.link_news, pg_temp.decided,
--         pg_temp.moved_accounts
SELECT
    (SELECT count(*) FROM account_news) AS accounts,
    (SELECT count(*) FROM dirty_leads) AS leads,
    (SELECT count(*) FROM candidates) AS candidate_people,
    (
        SELECT count(*) FROM link_news AS news
        WHERE
            news.source_table != 'drivers'
            AND news.person_key IS NOT NULL
            AND NOT news.is_known
    ) AS linked,
    (
        SELECT count(*) FROM link_news AS news
        WHERE
            news.source_table != 'drivers'
            AND news.person_key IS NOT NULL
            AND news.is_new_version
    ) AS relinked,
    (
        SELECT count(*) FROM link_news AS news
        WHERE news.source_table != 'drivers' AND news.person_key IS NULL
    ) AS unlinked,
    (
        SELECT coalesce(jsonb_object_agg(rule.match_rule, rule.leads), '{}')
        FROM (
            SELECT
                decided.match_rule,
                count(*) AS leads
            FROM decided
            WHERE decided.person_key IS NOT NULL
            GROUP BY decided.match_rule
        ) AS rule
    ) AS by_rule,
    (
        SELECT coalesce(jsonb_object_agg(reason.reason_code, reason.leads), '{}')
        FROM (
            SELECT
                decided.reason_code,
                count(*) AS leads
            FROM decided
            WHERE decided.person_key IS NULL
            GROUP BY decided.reason_code
        ) AS reason
    ) AS by_reason
