-- Returns one row per spelling of a lead's phone that only the phone library can read and that was
--         not read before.
-- Reads   pg_temp.lead_fields, canon.phone_readings
SELECT DISTINCT field.phone
FROM lead_fields AS field
WHERE
    NOT canon.is_mobile(field.phone)
    AND field.phone ~ '(\d\D*){7}'
    AND length(field.phone) <= 60
    AND NOT EXISTS (
        SELECT 1 FROM canon.phone_readings AS reading
        WHERE reading.raw = field.phone
    )
