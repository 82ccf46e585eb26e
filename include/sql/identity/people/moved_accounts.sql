-- Writes  pg_temp.moved_accounts: one row per account that belongs to another person than before, or that
--         is new.
-- Reads   pg_temp.joined_accounts, pg_temp.account_news, pg_temp.anchor_keys
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE moved_accounts ON COMMIT DROP AS
SELECT
    joined.account_id,
    CASE WHEN news.is_new IS NOT true THEN joined.old_person_key END AS old_person_key,
    joined.person_key
FROM joined_accounts AS joined
LEFT JOIN account_news AS news ON joined.account_id = news.account_id
WHERE joined.person_key != joined.old_person_key OR news.is_new
UNION ALL
SELECT
    news.account_id,
    NULL AS old_person_key,
    anchor.person_key
FROM account_news AS news
INNER JOIN anchor_keys AS anchor ON news.account_id = anchor.account_id
WHERE
    news.is_new
    AND news.account_id NOT IN (SELECT joined_accounts.account_id FROM joined_accounts)
