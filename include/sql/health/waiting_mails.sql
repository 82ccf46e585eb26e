-- Reads   ops.mails: how many wait, since when, and why the last try failed.
SELECT
    count(*) AS waiting_count,
    min(mail.created_at) AS waiting_since,
    (array_agg(mail.last_error ORDER BY mail.tried_at DESC NULLS LAST))[1] AS last_error
FROM ops.mails AS mail
WHERE mail.sent_at IS NULL
