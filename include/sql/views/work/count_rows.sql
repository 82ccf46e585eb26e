-- Returns one row: how many rows the raw table has, and how many of them this refresh's snapshot does not
--         show.
-- Reads   public.summary_daily
SELECT
    count(*) AS row_count,
    count(*) FILTER (
        WHERE
        age(raw.xmin) <= age(pg_snapshot_xmin(%(snapshot)s::pg_snapshot)::xid)
        AND NOT pg_visible_in_snapshot(
            (%(transaction_id)s::bigint - age(raw.xmin))::text::xid8,
            %(snapshot)s::pg_snapshot
        )
    ) AS newer_count
FROM public.summary_daily AS raw
