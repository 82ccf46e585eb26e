-- Writes  public.drivers: some accounts, picked and renumbered by a number, get another phone.
-- Reads   public.drivers
-- Rerun   safe: the same accounts get the same phones.
UPDATE public.drivers AS account
SET
    phone = picked.phone,
    updated_at = account.created_at + interval '1 day'
FROM (
    SELECT
        raw.driver_id,
        -- A 9 and eight digits.
        (
            900000000
            + abs(mod(hashtextextended(raw.driver_id, %(number)s::integer), 100000000))
        )::text AS phone
    FROM public.drivers AS raw
    ORDER BY hashtextextended(raw.driver_id, %(number)s::integer)
    LIMIT %(accounts)s::integer
) AS picked
WHERE account.driver_id = picked.driver_id
