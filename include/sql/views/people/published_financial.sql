-- Writes  pg_temp.published_financial: the rows of touched people as readers see them until now, and where
--         they lie.
-- Reads   pg_temp.touched, ops.cabinet_financial_14d
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE published_financial ON COMMIT DROP AS
SELECT
    financial.*,
    financial.ctid AS place
FROM touched
INNER JOIN ops.cabinet_financial_14d AS financial
    ON touched.person_key = financial.person_key
