-- Writes  pg_temp.reached_milestones: one row per touched person, origin and rule whose milestone the trips
--         of its window reach: the day, and the trips up to it.
-- Reads   pg_temp.person_days, pg_temp.rules_now
-- Rerun   dropped with the run.
-- Note    it is the one day on which the trips so far pass the milestone, so that no day counts more than
--         once however many rules apply.
CREATE TEMPORARY TABLE reached_milestones ON COMMIT DROP AS
SELECT
    day.person_key,
    day.origin_tag,
    rule.rule_scope,
    rule.rule_id,
    day.work_date AS achieved_date,
    day.trips_so_far
FROM person_days AS day
INNER JOIN rules_now AS rule
    ON
    day.origin_tag = rule.origin_tag
    AND day.lead_date >= rule.valid_from
    AND day.lead_date <= coalesce(rule.valid_to, 'infinity')
    AND day.work_date < day.lead_date + rule.window_days
    AND day.trips_so_far >= rule.milestone_trips
    AND day.trips_so_far - day.trips < rule.milestone_trips
