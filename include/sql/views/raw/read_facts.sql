-- Returns one row: a raw table as it is now beside what the last read noted. oid NULL: there is no table.
-- Reads   ops.raw_reads, the server's own statistics
SELECT
    named.oid,
    class.relkind = 'r' AS is_plain_table,
    coalesce(pg_relation_filenode(class.oid), 0)::bigint AS file_node,
    coalesce(pg_relation_size(class.oid), 0)
    / current_setting('block_size')::bigint AS block_count,
    coalesce(pg_stat_get_tuples_inserted(class.oid), 0) AS inserted_count,
    coalesce(pg_stat_get_tuples_updated(class.oid), 0) AS updated_count,
    coalesce(pg_stat_get_tuples_deleted(class.oid), 0) AS deleted_count,
    known.file_node AS old_file_node,
    known.block_count AS old_block_count,
    known.row_count AS old_row_count,
    known.inserted_count AS old_inserted_count,
    known.updated_count AS old_updated_count,
    known.deleted_count AS old_deleted_count,
    known.snapshot::text AS old_snapshot,
    known.is_overtaken AS old_is_overtaken,
    age(pg_snapshot_xmin(known.snapshot)::xid) AS old_age,
    -- How many transactions ago the last read looked at every row: those of older ones are known. Ages
    -- wrap around at 2^31, and a restored database counts anew; NULL reads everything.
    CASE
        WHEN
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            - pg_snapshot_xmin(known.looked_snapshot)::text::bigint
            BETWEEN 0 AND 2000000000
            THEN age(pg_snapshot_xmin(known.looked_snapshot)::xid)
    END AS old_looked_age
FROM (SELECT to_regclass(%(raw_table)s::text) AS oid) AS named
LEFT JOIN pg_class AS class ON named.oid = class.oid
LEFT JOIN ops.raw_reads AS known ON known.raw_table = %(raw_table)s::text
