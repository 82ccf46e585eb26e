-- Writes  ops.unread_work: rows of work that count for nobody, and why.
-- Reads   pg_temp.changed_unread
-- Rerun   safe: the others are left out before.
INSERT INTO ops.unread_work (driver_id, reason_code, date_shape, raw_count)
SELECT
    changed.driver_id,
    changed.reason_code,
    changed.date_shape,
    changed.raw_count
FROM changed_unread AS changed
WHERE changed.raw_count IS NOT NULL
ON CONFLICT (driver_id, reason_code, date_shape) DO UPDATE
    SET raw_count = excluded.raw_count
