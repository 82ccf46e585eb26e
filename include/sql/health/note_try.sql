-- Writes  ops.mails: how trying to send one mail ended.
-- Reads   nothing else
-- Rerun   counts one more try.
WITH
params AS (
    SELECT
        %(mail_id)s::bigint AS mail_id,
        %(at)s::timestamptz AS at,
        %(outcome)s::varchar AS outcome,
        %(message)s::text AS message
)

UPDATE ops.mails AS mail
SET
    sent_at = CASE WHEN params.outcome = 'sent' THEN params.at END,
    tried_at = params.at,
    try_count = mail.try_count + 1,
    last_error = CASE
        WHEN params.outcome = 'sent' THEN params.message
        ELSE params.outcome || ': ' || params.message
    END
FROM params
WHERE mail.id = params.mail_id
