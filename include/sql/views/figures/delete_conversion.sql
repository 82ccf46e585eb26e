-- Writes  observational.conversion_metrics: without rows of touched people that are no longer to be.
-- Reads   pg_temp.published_conversion, pg_temp.wanted_conversion
-- Rerun   safe.
DELETE FROM observational.conversion_metrics AS known
USING published_conversion AS published
WHERE
    known.person_key = published.person_key
    AND known.origin_tag = published.origin_tag
    AND NOT EXISTS (
        SELECT 1 FROM wanted_conversion AS wanted
        WHERE
            published.person_key = wanted.person_key
            AND published.origin_tag = wanted.origin_tag
    )
