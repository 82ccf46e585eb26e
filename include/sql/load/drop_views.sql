-- Drops   what create_views made; the unsettled view goes with the staged table.
DROP VIEW compared, raw_source
