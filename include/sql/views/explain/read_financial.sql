-- Returns one row: what the platform owes and has paid for a person, as published; none without one.
-- Reads   ops.cabinet_financial_14d
SELECT
    financial.driver_id,
    financial.lead_date,
    financial.total_trips_14d,
    ARRAY[
        financial.reached_m1_14d, financial.reached_m5_14d, financial.reached_m25_14d
    ] AS reached,
    ARRAY[
        financial.expected_amount_m1,
        financial.expected_amount_m5,
        financial.expected_amount_m25
    ] AS expected,
    ARRAY[
        financial.paid_amount_m1, financial.paid_amount_m5, financial.paid_amount_m25
    ] AS paid,
    financial.expected_total_yango,
    financial.total_paid_yango,
    financial.amount_due_yango
FROM ops.cabinet_financial_14d AS financial
WHERE financial.person_key = %(person_key)s::uuid
