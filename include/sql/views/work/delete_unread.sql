-- Writes  ops.unread_work: without what no raw row says any more.
-- Reads   pg_temp.changed_unread
-- Rerun   safe.
DELETE FROM ops.unread_work AS known
USING changed_unread AS changed
WHERE
    known.driver_id = changed.driver_id
    AND known.reason_code = changed.reason_code
    AND known.date_shape = changed.date_shape
    AND changed.raw_count IS NULL
