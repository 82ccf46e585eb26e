-- Writes  canon.drivers_index: one row per new account, each a person of its own until joined.
-- Reads   pg_temp.account_news, pg_temp.anchor_keys
-- Rerun   safe: known accounts are left out.
INSERT INTO canon.drivers_index (
    account_id, driver_id, park_id, phone_norm, license_norm, plate_norm, name_norm,
    name_tokens,
    model_norm,
    model_short,
    full_name,
    hire_date,
    business_date,
    snapshot_at,
    raw_hash, account_key, person_key, updated_at
)
SELECT
    news.account_id,
    news.driver_id,
    news.park_id,
    news.phone_norm,
    news.license_norm,
    news.plate_norm,
    news.name_norm,
    news.name_tokens,
    news.model_norm,
    news.model_short,
    news.full_name,
    news.hire_date,
    news.business_date,
    news.snapshot_at,
    news.raw_hash,
    anchor.person_key AS account_key,
    anchor.person_key,
    %(read_at)s::timestamptz
FROM account_news AS news
INNER JOIN anchor_keys AS anchor ON news.account_id = anchor.account_id
WHERE news.is_new
