-- Writes  ops.payment_calculation: rows of touched people that are new or say something else.
-- Reads   pg_temp.wanted_payment, pg_temp.published_payment
-- Rerun   safe: rows that are so already are left out before the write.
-- Note    in the order of the key: what belongs to one person lies together, in table and index.
INSERT INTO ops.payment_calculation (
    person_key, origin_tag, scout_id, driver_id, lead_date, rule_id, rule_scope,
    milestone_trips, window_days, currency, amount, rule_valid_from, rule_valid_to,
    milestone_achieved, achieved_date, achieved_trips_in_window, is_payable,
    payable_date, payment_scheme
)
SELECT
    wanted.person_key,
    wanted.origin_tag,
    wanted.scout_id,
    wanted.driver_id,
    wanted.lead_date,
    wanted.rule_id,
    wanted.rule_scope,
    wanted.milestone_trips,
    wanted.window_days,
    wanted.currency,
    wanted.amount,
    wanted.rule_valid_from,
    wanted.rule_valid_to,
    wanted.milestone_achieved,
    wanted.achieved_date,
    wanted.achieved_trips_in_window,
    wanted.is_payable,
    wanted.payable_date,
    wanted.payment_scheme
FROM wanted_payment AS wanted
LEFT JOIN published_payment AS known
    ON
    wanted.person_key = known.person_key
    AND wanted.origin_tag = known.origin_tag
    AND wanted.rule_scope = known.rule_scope
    AND wanted.rule_id = known.rule_id
WHERE
    known.person_key IS NULL
    OR (
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
ORDER BY
    wanted.person_key,
    wanted.origin_tag,
    wanted.rule_scope,
    wanted.rule_id
ON CONFLICT (person_key, origin_tag, rule_scope, rule_id) DO UPDATE
    SET
        scout_id = excluded.scout_id,
        driver_id = excluded.driver_id,
        lead_date = excluded.lead_date,
        milestone_trips = excluded.milestone_trips,
        window_days = excluded.window_days,
        currency = excluded.currency,
        amount = excluded.amount,
        rule_valid_from = excluded.rule_valid_from,
        rule_valid_to = excluded.rule_valid_to,
        milestone_achieved = excluded.milestone_achieved,
        achieved_date = excluded.achieved_date,
        achieved_trips_in_window = excluded.achieved_trips_in_window,
        is_payable = excluded.is_payable,
        payable_date = excluded.payable_date,
        payment_scheme = excluded.payment_scheme
