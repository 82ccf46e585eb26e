-- Reads   ops.mails: how many wait and are due, and whether the server was down just now.
WITH
params AS (
    SELECT
        %(at)s::timestamptz AS at,
        %(down_after)s::timestamptz AS down_after
)

SELECT
    count(*) AS waiting_count,
    count(*) FILTER (
        WHERE
        mail.last_error IS NULL
        OR NOT starts_with(mail.last_error, 'refused')
        OR (
            mail.tried_at <= params.at - interval '1 hour'
            AND mail.created_at > params.at - interval '3 days'
        )
    ) AS due_count,
    coalesce(
        bool_or(
            mail.tried_at > params.down_after
            AND starts_with(mail.last_error, 'down')
        ),
        false
    ) AS was_down
FROM ops.mails AS mail
CROSS JOIN params
WHERE mail.sent_at IS NULL
