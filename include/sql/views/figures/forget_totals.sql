-- Writes  ops.view_totals: all of them nothing, before everything is added up anew. Their rows stay, so that
--         a total that vanishes is seen to fall.
-- Reads   -
-- Rerun   safe.
UPDATE ops.view_totals
SET
    row_count = 0,
    amount = 0
