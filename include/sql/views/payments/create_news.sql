-- Writes  pg_temp.payment_news: empty; one row per payment that is new or says something else.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE payment_news (
    payment_id varchar PRIMARY KEY,
    paid_on date,
    driver_id varchar,
    name_key varchar,
    trip_1 boolean NOT NULL,
    trip_5 boolean NOT NULL,
    trip_25 boolean NOT NULL,
    raw_hash bigint NOT NULL,
    is_new boolean NOT NULL,
    old_person_key uuid
) ON COMMIT DROP
