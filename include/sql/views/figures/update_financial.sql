-- Writes  ops.cabinet_financial_14d: rows of touched people that say something else now.
-- Reads   pg_temp.changed_financial
-- Rerun   safe.
-- Note    each is met where it was read a moment ago, without another look at any index: nobody else
--         writes the table meanwhile.
UPDATE ops.cabinet_financial_14d AS target
SET
    driver_id = changed.driver_id,
    lead_date = changed.lead_date,
    driver_name = changed.driver_name,
    iso_week = changed.iso_week,
    week_start = changed.week_start,
    connected_flag = changed.connected_flag,
    connected_date = changed.connected_date,
    total_trips_14d = changed.total_trips_14d,
    reached_m1_14d = changed.reached_m1_14d,
    reached_m5_14d = changed.reached_m5_14d,
    reached_m25_14d = changed.reached_m25_14d,
    expected_amount_m1 = changed.expected_amount_m1,
    expected_amount_m5 = changed.expected_amount_m5,
    expected_amount_m25 = changed.expected_amount_m25,
    expected_total_yango = changed.expected_total_yango,
    claim_m1_exists = changed.claim_m1_exists,
    claim_m1_paid = changed.claim_m1_paid,
    claim_m5_exists = changed.claim_m5_exists,
    claim_m5_paid = changed.claim_m5_paid,
    claim_m25_exists = changed.claim_m25_exists,
    claim_m25_paid = changed.claim_m25_paid,
    paid_amount_m1 = changed.paid_amount_m1,
    paid_amount_m5 = changed.paid_amount_m5,
    paid_amount_m25 = changed.paid_amount_m25,
    total_paid_yango = changed.total_paid_yango,
    amount_due_yango = changed.amount_due_yango
FROM changed_financial AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NOT NULL
