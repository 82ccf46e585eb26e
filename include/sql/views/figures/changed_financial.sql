-- Writes  pg_temp.changed_financial: one row per row of touched people that is to be another, with the place
--         of the one that readers see, or is new, with none, or is to go, with its place alone.
-- Reads   pg_temp.wanted_financial, pg_temp.published_financial
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_financial ON COMMIT DROP AS
SELECT
    known.place,
    wanted.*
FROM wanted_financial AS wanted
FULL JOIN published_financial AS known
    ON
    wanted.person_key = known.person_key
WHERE
    (
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
        wanted.expected_amount_m25, wanted.expected_total_yango, wanted.claim_m1_exists,
        wanted.claim_m1_paid, wanted.claim_m5_exists, wanted.claim_m5_paid,
        wanted.claim_m25_exists, wanted.claim_m25_paid, wanted.paid_amount_m1,
        wanted.paid_amount_m5, wanted.paid_amount_m25, wanted.total_paid_yango,
        wanted.amount_due_yango
    )
