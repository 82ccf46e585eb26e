-- Writes  ops.health_watches: its one row, when health was looked at.
-- Reads   nothing else
-- Rerun   safe: the clock only goes forward.
INSERT INTO ops.health_watches AS watch (watched_at, watched_by)
VALUES (%(at)s::timestamptz, %(watched_by)s::varchar)
ON CONFLICT (is_only) DO UPDATE SET
    watched_at = excluded.watched_at,
    watched_by = excluded.watched_by
WHERE watch.watched_at < excluded.watched_at
