-- Returns one row per spelling of an account's phone that only the phone library can read and that
--         was not read before.
-- Reads   pg_temp.written_accounts, canon.phone_readings
SELECT DISTINCT written.phone
FROM written_accounts AS written
WHERE
    written.mobile_norm IS NULL
    AND NOT canon.is_mobile(written.phone)
    AND written.phone ~ '(\d\D*){7}'
    AND length(written.phone) <= 60
    AND NOT EXISTS (
        SELECT 1 FROM canon.phone_readings AS reading
        WHERE reading.raw = written.phone
    )
