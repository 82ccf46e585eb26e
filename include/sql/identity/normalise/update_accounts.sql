-- Writes  canon.drivers_index: accounts whose row changed.
-- Reads   pg_temp.account_news
-- Rerun   safe: accounts that did not change are no news.
UPDATE canon.drivers_index AS account
SET
    park_id = news.park_id,
    phone_norm = news.phone_norm,
    license_norm = news.license_norm,
    plate_norm = news.plate_norm,
    name_norm = news.name_norm,
    name_tokens = news.name_tokens,
    model_norm = news.model_norm,
    model_short = news.model_short,
    full_name = news.full_name,
    hire_date = news.hire_date,
    business_date = news.business_date,
    snapshot_at = news.snapshot_at,
    raw_hash = news.raw_hash,
    updated_at = %(read_at)s::timestamptz
FROM account_news AS news
WHERE
    account.account_id = news.account_id
    AND NOT news.is_new
