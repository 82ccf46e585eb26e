-- Writes  observational.conversion_metrics: without rows of touched people that are no longer to be.
-- Reads   pg_temp.touched, pg_temp.wanted_conversion
-- Rerun   safe.
DELETE FROM observational.conversion_metrics AS known
USING touched
WHERE
    known.person_key = touched.person_key
    AND NOT EXISTS (
        SELECT 1 FROM wanted_conversion AS wanted
        WHERE
            known.person_key = wanted.person_key
            AND known.origin_tag = wanted.origin_tag
    )
