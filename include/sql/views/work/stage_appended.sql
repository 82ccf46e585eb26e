-- Writes  pg_temp.work_rows: one row per raw row that was added since the last read.
-- Reads   public.summary_daily, from the block where that read ended
-- Rerun   dropped with the run.
-- Note    only for a table that nothing but grew; the caller compares the count with the server's.
CREATE TEMPORARY TABLE work_rows ON COMMIT DROP AS
SELECT
    raw.driver_id::varchar AS driver_id,
    raw.date_file::varchar AS date_file,
    raw.count_orders_completed::integer AS trip_count,
    raw.sum_work_time_seconds::integer AS work_seconds,
    raw.created_at::timestamp AS reported_at
FROM public.summary_daily AS raw
WHERE
    raw.ctid >= %(from_block)s::tid
    AND age(raw.xmin) <= %(old_age)s::bigint
    AND NOT pg_visible_in_snapshot(
        (%(transaction_id)s::bigint - age(raw.xmin))::text::xid8,
        %(old_snapshot)s::pg_snapshot
    )
    -- What was committed a moment ago is left to the next read, which begins with this snapshot.
    AND pg_visible_in_snapshot(
        (%(transaction_id)s::bigint - age(raw.xmin))::text::xid8,
        %(snapshot)s::pg_snapshot
    )
