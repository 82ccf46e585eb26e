-- Drops   what create_views made; the unsettled view goes with the staged table.
DROP VIEW compared, known, raw_source
