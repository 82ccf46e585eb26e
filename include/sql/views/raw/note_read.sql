-- Writes  ops.raw_reads: how far a raw table is read now.
-- Reads   -
-- Rerun   safe: one row per table.
INSERT INTO ops.raw_reads AS known (
    raw_table, snapshot, looked_snapshot, is_overtaken, file_node, block_count,
    row_count, inserted_count, updated_count, deleted_count, read_at, run_id
)
VALUES (
    %(raw_table)s::varchar,
    %(snapshot)s::pg_snapshot,
    %(snapshot)s::pg_snapshot,
    %(is_overtaken)s::boolean,
    %(file_node)s::bigint,
    %(block_count)s::bigint,
    %(row_count)s::bigint,
    %(inserted_count)s::bigint,
    %(updated_count)s::bigint,
    %(deleted_count)s::bigint,
    %(read_at)s::timestamptz,
    %(run_id)s::bigint
)
ON CONFLICT (raw_table) DO UPDATE
    SET
        snapshot = excluded.snapshot,
        looked_snapshot = CASE
            WHEN %(has_looked)s::boolean THEN excluded.looked_snapshot
            ELSE known.looked_snapshot
        END,
        is_overtaken = excluded.is_overtaken,
        file_node = excluded.file_node,
        block_count = excluded.block_count,
        row_count = excluded.row_count,
        inserted_count = excluded.inserted_count,
        updated_count = excluded.updated_count,
        deleted_count = excluded.deleted_count,
        read_at = excluded.read_at,
        run_id = excluded.run_id
