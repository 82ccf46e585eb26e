-- Takes   the oldest mail that is due, until the transaction ends; leaves those that another has.
WITH
params AS (
    SELECT %(at)s::timestamptz AS at
)

SELECT
    mail.id AS mail_id,
    mail.recipients,
    mail.subject,
    mail.body_text,
    mail.body_html,
    mail.message_id
FROM ops.mails AS mail
CROSS JOIN params
WHERE
    mail.sent_at IS NULL
    -- One that was refused is tried again every hour, for three days.
    AND (
        mail.last_error IS NULL
        OR NOT starts_with(mail.last_error, 'refused')
        OR (
            mail.tried_at <= params.at - interval '1 hour'
            AND mail.created_at > params.at - interval '3 days'
        )
    )
ORDER BY mail.id
LIMIT 1
FOR UPDATE OF mail SKIP LOCKED
