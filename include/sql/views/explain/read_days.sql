-- Returns one row per day of work of a person in a window, over all accounts, with the trips so far.
-- Reads   canon.drivers_index, ops.driver_days
SELECT
    work.work_date,
    sum(work.trip_count)::integer AS trips,
    (
        sum(sum(work.trip_count)) OVER (ORDER BY work.work_date)
    )::integer AS trips_so_far,
    array_agg(account.driver_id ORDER BY account.driver_id) AS driver_ids,
    array_agg(work.trip_count ORDER BY account.driver_id) AS account_trips
FROM canon.drivers_index AS account
INNER JOIN ops.driver_days AS work ON account.driver_id = work.driver_id
WHERE
    account.person_key = %(person_key)s::uuid
    AND work.work_date >= %(lead_date)s::date
    AND work.work_date < %(lead_date)s::date + %(window_days)s::integer
GROUP BY work.work_date
ORDER BY work.work_date
