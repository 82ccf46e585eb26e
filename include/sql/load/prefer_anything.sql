-- Sets    the joins back to whatever the planner likes best.
SELECT
    set_config('enable_hashjoin', 'on', true) AS enable_hashjoin,
    set_config('enable_mergejoin', 'on', true) AS enable_mergejoin
