-- Writes  canon.stale_accounts: accounts that are new, were renamed or went to another person, under each
--         name they have or had. At the first read one mark stands for all.
-- Reads   pg_temp.account_news, pg_temp.moved_accounts, canon.drivers_index
-- Rerun   safe: one row per account and name.
INSERT INTO canon.stale_accounts (driver_id, name_norm)
SELECT
    '*' AS driver_id,
    '' AS name_norm
WHERE %(is_first_read)s::boolean
UNION
SELECT
    news.driver_id,
    coalesce(form.name_norm, '') AS name_norm
FROM account_news AS news
CROSS JOIN LATERAL (VALUES (news.name_norm), (news.old_name_norm)) AS form (name_norm)
WHERE
    NOT %(is_first_read)s::boolean
    AND (news.is_new OR news.name_norm IS DISTINCT FROM news.old_name_norm)
UNION
SELECT
    account.driver_id,
    coalesce(account.name_norm, '') AS name_norm
FROM moved_accounts AS moved
INNER JOIN canon.drivers_index AS account ON moved.account_id = account.account_id
WHERE NOT %(is_first_read)s::boolean
ON CONFLICT (driver_id, name_norm) DO NOTHING
