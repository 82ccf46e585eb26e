-- Sets    this transaction's limits and the memory and cost figures its plans are made for. Rows as
--         text must read the same in every session, as they are hashed.
SELECT
    set_config('lock_timeout', %(lock_timeout)s, true) AS lock_timeout,
    set_config(
        'idle_in_transaction_session_timeout', %(idle_timeout)s, true
    ) AS idle_timeout,
    set_config('client_connection_check_interval', '2s', true) AS check_interval,
    set_config('work_mem', '64MB', true) AS work_mem,
    -- The rows a load looks up are recent, so in memory: reading them costs little more than a
    -- row's work, and single look-ups cost no more than reading in order.
    set_config('seq_page_cost', '0.1', true) AS seq_page_cost,
    set_config('random_page_cost', '0.1', true) AS random_page_cost,
    set_config('jit', 'off', true) AS jit,
    set_config('datestyle', 'ISO, YMD', true) AS datestyle,
    set_config('intervalstyle', 'iso_8601', true) AS intervalstyle,
    set_config('timezone', 'UTC', true) AS timezone,
    set_config('extra_float_digits', '1', true) AS extra_float_digits,
    set_config('bytea_output', 'hex', true) AS bytea_output
