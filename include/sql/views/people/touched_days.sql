-- Writes  pg_temp.touched_days: one row per day of the leads that touched people have, or that their figures
--         counted from until now.
-- Reads   pg_temp.touched, observational.conversion_metrics, observational.lead_events
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched_days ON COMMIT DROP AS
SELECT metric.lead_date AS covered_on
FROM touched
INNER JOIN observational.conversion_metrics AS metric
    ON touched.person_key = metric.person_key
UNION
SELECT event.event_date AS covered_on
FROM touched
INNER JOIN observational.lead_events AS event ON touched.person_key = event.person_key
