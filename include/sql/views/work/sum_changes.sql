-- Returns one row: by how many raw rows more than before the changes account for, and how many the rows
--         that were read come to.
-- Reads   pg_temp.changed_days, pg_temp.changed_unread, pg_temp.wanted_days, pg_temp.wanted_unread
SELECT
    (
        SELECT coalesce(sum(coalesce(day.raw_count, 0) - day.old_raw_count), 0)
        FROM changed_days AS day
    ) + (
        SELECT coalesce(sum(coalesce(unread.raw_count, 0) - unread.old_raw_count), 0)
        FROM changed_unread AS unread
    ) AS gain,
    (SELECT coalesce(sum(day.raw_count), 0) FROM wanted_days AS day)
    + (SELECT coalesce(sum(unread.raw_count), 0) FROM wanted_unread AS unread) AS total
