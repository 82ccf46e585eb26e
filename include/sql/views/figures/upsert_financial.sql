-- Writes  ops.cabinet_financial_14d: rows of touched people that are new or say something else.
-- Reads   pg_temp.wanted_financial, pg_temp.published_financial
-- Rerun   safe: rows that are so already are left out before the write.
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
    wanted.driver_id,
    wanted.lead_date,
    wanted.driver_name,
    wanted.iso_week,
    wanted.week_start,
    wanted.connected_flag,
    wanted.connected_date,
    wanted.total_trips_14d,
    wanted.reached_m1_14d,
    wanted.reached_m5_14d,
    wanted.reached_m25_14d,
    wanted.expected_amount_m1,
    wanted.expected_amount_m5,
    wanted.expected_amount_m25,
    wanted.expected_total_yango,
    wanted.claim_m1_exists,
    wanted.claim_m1_paid,
    wanted.claim_m5_exists,
    wanted.claim_m5_paid,
    wanted.claim_m25_exists,
    wanted.claim_m25_paid,
    wanted.paid_amount_m1,
    wanted.paid_amount_m5,
    wanted.paid_amount_m25,
    wanted.total_paid_yango,
    wanted.amount_due_yango,
    wanted.person_key
FROM wanted_financial AS wanted
LEFT JOIN published_financial AS known
    ON
    wanted.person_key = known.person_key
WHERE
    known.person_key IS NULL
    OR (
        known.driver_id, known.lead_date, known.driver_name, known.iso_week,
        known.week_start, known.connected_flag, known.connected_date,
        known.total_trips_14d, known.reached_m1_14d, known.reached_m5_14d,
        known.reached_m25_14d, known.expected_amount_m1, known.expected_amount_m5,
        known.expected_amount_m25, known.expected_total_yango, known.claim_m1_exists,
        known.claim_m1_paid, known.claim_m5_exists, known.claim_m5_paid,
        known.claim_m25_exists, known.claim_m25_paid, known.paid_amount_m1,
        known.paid_amount_m5, known.paid_amount_m25, known.total_paid_yango,
        known.amount_due_yango
    ) IS DISTINCT FROM (
        wanted.driver_id, wanted.lead_date, wanted.driver_name, wanted.iso_week,
        wanted.week_start, wanted.connected_flag, wanted.connected_date,
        wanted.total_trips_14d, wanted.reached_m1_14d, wanted.reached_m5_14d,
        wanted.reached_m25_14d, wanted.expected_amount_m1, wanted.expected_amount_m5,
        wanted.expected_amount_m25, wanted.expected_total_yango,
        wanted.claim_m1_exists, wanted.claim_m1_paid, wanted.claim_m5_exists,
        wanted.claim_m5_paid, wanted.claim_m25_exists, wanted.claim_m25_paid,
        wanted.paid_amount_m1, wanted.paid_amount_m5, wanted.paid_amount_m25,
        wanted.total_paid_yango, wanted.amount_due_yango
    )
ORDER BY wanted.person_key
ON CONFLICT (person_key) DO UPDATE
    SET
        driver_id = excluded.driver_id,
        lead_date = excluded.lead_date,
        driver_name = excluded.driver_name,
        iso_week = excluded.iso_week,
        week_start = excluded.week_start,
        connected_flag = excluded.connected_flag,
        connected_date = excluded.connected_date,
        total_trips_14d = excluded.total_trips_14d,
        reached_m1_14d = excluded.reached_m1_14d,
        reached_m5_14d = excluded.reached_m5_14d,
        reached_m25_14d = excluded.reached_m25_14d,
        expected_amount_m1 = excluded.expected_amount_m1,
        expected_amount_m5 = excluded.expected_amount_m5,
        expected_amount_m25 = excluded.expected_amount_m25,
        expected_total_yango = excluded.expected_total_yango,
        claim_m1_exists = excluded.claim_m1_exists,
        claim_m1_paid = excluded.claim_m1_paid,
        claim_m5_exists = excluded.claim_m5_exists,
        claim_m5_paid = excluded.claim_m5_paid,
        claim_m25_exists = excluded.claim_m25_exists,
        claim_m25_paid = excluded.claim_m25_paid,
        paid_amount_m1 = excluded.paid_amount_m1,
        paid_amount_m5 = excluded.paid_amount_m5,
        paid_amount_m25 = excluded.paid_amount_m25,
        total_paid_yango = excluded.total_paid_yango,
        amount_due_yango = excluded.amount_due_yango
