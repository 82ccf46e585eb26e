-- Sets    how much ANALYZE reads in this transaction: plans need the order of magnitude, and a run's
--         tables are read a few times only.
SELECT set_config('default_statistics_target', '20', true) AS statistics_target
