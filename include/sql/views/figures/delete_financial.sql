-- Writes  ops.cabinet_financial_14d: without rows of touched people that are no longer to be.
-- Reads   pg_temp.published_financial, pg_temp.wanted_financial
-- Rerun   safe.
DELETE FROM ops.cabinet_financial_14d AS known
USING published_financial AS published
WHERE
    known.person_key = published.person_key
    AND NOT EXISTS (
        SELECT 1 FROM wanted_financial AS wanted
        WHERE
            published.person_key = wanted.person_key
    )
