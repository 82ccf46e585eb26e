-- Returns one row per new account.
-- Reads   pg_temp.account_news
SELECT
    news.account_id,
    news.driver_id
FROM account_news AS news
WHERE news.is_new
