-- Claim     Every row of work names its driver and a day that the calendar has.
-- Severity  warn
-- Scope     whole
-- Reads     ops.unread_work
SELECT
    unread.driver_id,
    unread.reason_code,
    unread.date_shape,
    unread.raw_count
FROM ops.unread_work AS unread
