-- Writes  ops.cabinet_financial_14d: rows of touched people that are new.
-- Reads   pg_temp.changed_financial
-- Rerun   not safe: the keys would be taken.
-- Note    in the order of the key: what belongs to one person lies together, in table and index.
INSERT INTO ops.cabinet_financial_14d (
    driver_id, lead_date, driver_name, iso_week, week_start, connected_flag,
    connected_date, total_trips_14d, reached_m1_14d, reached_m5_14d, reached_m25_14d,
    expected_amount_m1, expected_amount_m5, expected_amount_m25, expected_total_yango,
    claim_m1_exists, claim_m1_paid, claim_m5_exists, claim_m5_paid, claim_m25_exists,
    claim_m25_paid, paid_amount_m1, paid_amount_m5, paid_amount_m25, total_paid_yango,
    amount_due_yango, person_key
)
SELECT
    changed.driver_id,
    changed.lead_date,
    changed.driver_name,
    changed.iso_week,
    changed.week_start,
    changed.connected_flag,
    changed.connected_date,
    changed.total_trips_14d,
    changed.reached_m1_14d,
    changed.reached_m5_14d,
    changed.reached_m25_14d,
    changed.expected_amount_m1,
    changed.expected_amount_m5,
    changed.expected_amount_m25,
    changed.expected_total_yango,
    changed.claim_m1_exists,
    changed.claim_m1_paid,
    changed.claim_m5_exists,
    changed.claim_m5_paid,
    changed.claim_m25_exists,
    changed.claim_m25_paid,
    changed.paid_amount_m1,
    changed.paid_amount_m5,
    changed.paid_amount_m25,
    changed.total_paid_yango,
    changed.amount_due_yango,
    changed.person_key
FROM changed_financial AS changed
WHERE changed.place IS NULL
ORDER BY changed.person_key
