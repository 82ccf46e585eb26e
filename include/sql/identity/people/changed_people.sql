-- Writes  pg_temp.changed_people: one row per person key that gained, lost or changed an account.
-- Reads   pg_temp.moved_accounts, pg_temp.account_news, pg_temp.joined_accounts, canon.drivers_index
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_people ON COMMIT DROP AS
SELECT moved.person_key
FROM moved_accounts AS moved
UNION
SELECT moved.old_person_key AS person_key
FROM moved_accounts AS moved
WHERE moved.old_person_key IS NOT NULL
UNION
SELECT account.person_key
FROM account_news AS news
INNER JOIN canon.drivers_index AS account ON news.account_id = account.account_id
WHERE NOT news.is_new
UNION
-- Its marks for review change.
SELECT joined.person_key
FROM joined_accounts AS joined
WHERE joined.refused_reason IS DISTINCT FROM joined.old_refused_reason
