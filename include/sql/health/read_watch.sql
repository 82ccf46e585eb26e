-- Reads   ops.health_watches: when health was last looked at, and by what.
SELECT
    watch.watched_at,
    watch.watched_by
FROM ops.health_watches AS watch
