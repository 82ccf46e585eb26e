-- Sets    the joins back to whatever the planner likes best.
SELECT
    set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true)
