-- Writes  ops.cabinet_payments: payments that are new or say something else, not matched yet.
-- Reads   pg_temp.payment_news
-- Rerun   safe: the others are left out before.
INSERT INTO ops.cabinet_payments (
    payment_id, paid_on, driver_id, name_key, trip_1, trip_5, trip_25, raw_hash,
    match_status, person_key, candidate_count
)
SELECT
    news.payment_id,
    news.paid_on,
    news.driver_id,
    news.name_key,
    news.trip_1,
    news.trip_5,
    news.trip_25,
    news.raw_hash,
    'SHORT_NAME' AS match_status,
    NULL AS person_key,
    0 AS candidate_count
FROM payment_news AS news
ON CONFLICT (payment_id) DO UPDATE
    SET
        paid_on = excluded.paid_on,
        driver_id = excluded.driver_id,
        name_key = excluded.name_key,
        trip_1 = excluded.trip_1,
        trip_5 = excluded.trip_5,
        trip_25 = excluded.trip_25,
        raw_hash = excluded.raw_hash,
        match_status = excluded.match_status,
        person_key = excluded.person_key,
        candidate_count = excluded.candidate_count
