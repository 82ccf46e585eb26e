-- Writes  pg_temp.changed_accounts: one row per account that says something else about who it is.
-- Reads   pg_temp.account_news
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_accounts ON COMMIT DROP AS
SELECT news.*
FROM account_news AS news
WHERE
    news.is_new
    OR (
        news.phone_norm,
        news.license_norm,
        news.plate_norm,
        news.name_norm,
        news.name_tokens,
        news.model_norm,
        news.model_short,
        news.hire_date,
        news.park_id,
        news.business_date
    ) IS DISTINCT FROM (
        news.old_phone_norm,
        news.old_license_norm,
        news.old_plate_norm,
        news.old_name_norm,
        news.old_name_tokens,
        news.old_model_norm,
        news.old_model_short,
        news.old_hire_date,
        news.old_park_id,
        news.old_business_date
    )
