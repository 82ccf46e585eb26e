-- Writes  pg_temp.touched_days: one row per day of the leads that touched people have, or that their figures
--         counted from until now.
-- Reads   pg_temp.published_conversion, pg_temp.person_events
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched_days ON COMMIT DROP AS
SELECT known.lead_date AS covered_on
FROM published_conversion AS known
UNION
SELECT event.event_date AS covered_on
FROM person_events AS event
