-- Writes  pg_temp.changed_payment: one row per row of touched people that is to be another, with the place
--         of the one that readers see, or is new, with none, or is to go, with its place alone.
-- Reads   pg_temp.wanted_payment, pg_temp.published_payment
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_payment ON COMMIT DROP AS
SELECT
    known.place,
    wanted.*
FROM wanted_payment AS wanted
FULL JOIN published_payment AS known
    ON
    wanted.person_key = known.person_key
    AND wanted.origin_tag = known.origin_tag
    AND wanted.rule_scope = known.rule_scope
    AND wanted.rule_id = known.rule_id
WHERE
    (
        known.scout_id, known.driver_id, known.lead_date, known.milestone_trips,
        known.window_days, known.currency, known.amount, known.rule_valid_from,
        known.rule_valid_to, known.milestone_achieved, known.achieved_date,
        known.achieved_trips_in_window, known.is_payable, known.payable_date,
        known.payment_scheme
    ) IS DISTINCT FROM (
        wanted.scout_id, wanted.driver_id, wanted.lead_date, wanted.milestone_trips,
        wanted.window_days, wanted.currency, wanted.amount, wanted.rule_valid_from,
        wanted.rule_valid_to, wanted.milestone_achieved, wanted.achieved_date,
        wanted.achieved_trips_in_window, wanted.is_payable, wanted.payable_date,
        wanted.payment_scheme
    )
