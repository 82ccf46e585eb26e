-- Writes  ops.payment_calculation: rows of touched people that say something else now.
-- Reads   pg_temp.changed_payment
-- Rerun   safe.
-- Note    each is met where it was read a moment ago, without another look at any index: nobody else
--         writes the table meanwhile.
UPDATE ops.payment_calculation AS target
SET
    scout_id = changed.scout_id,
    driver_id = changed.driver_id,
    lead_date = changed.lead_date,
    milestone_trips = changed.milestone_trips,
    window_days = changed.window_days,
    currency = changed.currency,
    amount = changed.amount,
    rule_valid_from = changed.rule_valid_from,
    rule_valid_to = changed.rule_valid_to,
    milestone_achieved = changed.milestone_achieved,
    achieved_date = changed.achieved_date,
    achieved_trips_in_window = changed.achieved_trips_in_window,
    is_payable = changed.is_payable,
    payable_date = changed.payable_date,
    payment_scheme = changed.payment_scheme
FROM changed_payment AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NOT NULL
