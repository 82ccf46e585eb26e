-- Returns one row per spelling of an account's phone that only the phone library can read and that
--         was not read before.
-- Reads   public.drivers, canon.phone_readings
SELECT DISTINCT raw.phone
FROM public.drivers AS raw
WHERE
    (
        %(drivers_age)s::bigint IS NULL
        OR age(raw.xmin) <= %(drivers_age)s::bigint
    )
    AND NOT canon.is_mobile(raw.phone)
    AND raw.phone ~ '(\d\D*){7}'
    AND length(raw.phone) <= 60
    AND NOT EXISTS (
        SELECT 1 FROM canon.phone_readings AS reading
        WHERE reading.raw = raw.phone
    )
