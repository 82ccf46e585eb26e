-- Returns one row: how many driver-days are to be written or removed.
-- Reads   pg_temp.changed_days
SELECT count(*) AS changed_count FROM changed_days
