-- Sets    how long this transaction waits for the turn and for locks.
SELECT set_config('lock_timeout', %(lock_timeout)s, true) AS lock_timeout
