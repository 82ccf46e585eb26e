-- Writes  pg_temp.touched_payments: the payments that were written.
-- Reads   pg_temp.payment_news
-- Rerun   safe.
INSERT INTO touched_payments (payment_id, old_person_key)
SELECT
    news.payment_id,
    news.old_person_key
FROM payment_news AS news
