-- Returns one row per spelling of an account's phone that only the phone library can read and that
--         was not read before.
-- Reads   public.drivers, canon.phone_readings
WITH
-- First, as it costs least and leaves next to nothing.
written AS MATERIALIZED (
    SELECT raw.phone
    FROM public.drivers AS raw
    WHERE
        %(drivers_age)s::bigint IS NULL
        OR age(raw.xmin) <= %(drivers_age)s::bigint
)

SELECT DISTINCT written.phone
FROM written
WHERE
    NOT canon.is_mobile(written.phone)
    AND written.phone ~ '(\d\D*){7}'
    AND length(written.phone) <= 60
    AND NOT EXISTS (
        SELECT 1 FROM canon.phone_readings AS reading
        WHERE reading.raw = written.phone
    )
