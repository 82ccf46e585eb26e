-- Writes  pg_temp.lead_odds: one row per dirty lead with a key: its odds over all candidates, before any
--         prior.
-- Reads   pg_temp.dirty_leads, pg_temp.scores, pg_temp.weights, canon.lead_keys
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE lead_odds ON COMMIT DROP AS
WITH
summed AS (
    SELECT
        score.event_id,
        sum(power(2, score.bits)) AS odds
    FROM scores AS score
    GROUP BY score.event_id
)

SELECT
    lead.source_table,
    coalesce(summed.odds, 0) / weight.people AS odds
FROM dirty_leads AS dirty
INNER JOIN canon.lead_keys AS lead ON dirty.event_id = lead.event_id
CROSS JOIN weights AS weight
LEFT JOIN summed ON dirty.event_id = summed.event_id
WHERE
    NOT lead.has_driver_id
    AND num_nonnulls(lead.phone_norm, lead.license_norm, lead.plate_norm) > 0
