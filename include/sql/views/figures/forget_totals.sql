-- Writes  ops.view_totals: empty, before everything is added up anew.
-- Reads   -
-- Rerun   safe.
DELETE FROM ops.view_totals
