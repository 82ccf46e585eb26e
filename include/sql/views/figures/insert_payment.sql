-- Writes  ops.payment_calculation: rows of touched people that are new.
-- Reads   pg_temp.changed_payment
-- Rerun   not safe: the keys would be taken.
-- Note    in the order of the key: what belongs to one person lies together, in table and index.
INSERT INTO ops.payment_calculation (
    person_key, origin_tag, scout_id, driver_id, lead_date, rule_id, rule_scope,
    milestone_trips, window_days, currency, amount, rule_valid_from, rule_valid_to,
    milestone_achieved, achieved_date, achieved_trips_in_window, is_payable,
    payable_date, payment_scheme
)
SELECT
    changed.person_key,
    changed.origin_tag,
    changed.scout_id,
    changed.driver_id,
    changed.lead_date,
    changed.rule_id,
    changed.rule_scope,
    changed.milestone_trips,
    changed.window_days,
    changed.currency,
    changed.amount,
    changed.rule_valid_from,
    changed.rule_valid_to,
    changed.milestone_achieved,
    changed.achieved_date,
    changed.achieved_trips_in_window,
    changed.is_payable,
    changed.payable_date,
    changed.payment_scheme
FROM changed_payment AS changed
WHERE changed.place IS NULL
ORDER BY
    changed.person_key,
    changed.origin_tag,
    changed.rule_scope,
    changed.rule_id
