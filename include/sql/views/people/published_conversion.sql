-- Writes  pg_temp.published_conversion: the rows of touched people as readers see them until now, and where
--         they lie.
-- Reads   pg_temp.touched, observational.conversion_metrics
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE published_conversion ON COMMIT DROP AS
SELECT
    metric.*,
    metric.ctid AS place
FROM touched
INNER JOIN observational.conversion_metrics AS metric
    ON touched.person_key = metric.person_key
