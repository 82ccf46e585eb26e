-- Returns one row: how many payments there are, and how many are known.
-- Reads   public.module_ct_cabinet_payments, ops.cabinet_payments, pg_temp.payment_news
SELECT
    (SELECT count(*) FROM public.module_ct_cabinet_payments) AS row_count,
    (SELECT count(*) FROM ops.cabinet_payments)
    + (
        SELECT count(*) FROM payment_news
        WHERE payment_news.is_new
    ) AS known_count
