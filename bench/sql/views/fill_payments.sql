-- Writes  public.module_ct_cabinet_payments: a payment to every fifth account.
-- Reads   canon.drivers_index
-- Rerun   adds the rows once more.
INSERT INTO public.module_ct_cabinet_payments (
    date, driver, driver_id, trip_1, trip_5, trip_25
)
SELECT
    date '2026-11-01' AS date,
    account.full_name AS driver,
    CASE WHEN mod(account.account_id, 2) = 0 THEN account.driver_id END AS driver_id,
    true AS trip_1,
    mod(account.account_id, 2) = 0 AS trip_5,
    mod(account.account_id, 4) = 0 AS trip_25
FROM canon.drivers_index AS account
WHERE mod(account.account_id, 5) = 0
