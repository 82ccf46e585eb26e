-- Sets    how long this transaction waits for locks, and for each statement.
SELECT
    set_config('lock_timeout', %(lock_timeout)s, true) AS lock_timeout,
    set_config('statement_timeout', %(statement_timeout)s, true) AS statement_timeout
