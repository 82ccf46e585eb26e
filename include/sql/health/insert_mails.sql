-- Writes  ops.mails: one row per mail to send.
-- Reads   nothing else
-- Rerun   safe: an incident has one opening and one recovery.
WITH
written AS (
    SELECT written.*
    FROM jsonb_to_recordset(%(mails)s::jsonb) AS written (
        incident_id bigint,
        kind varchar,
        recipients varchar[],
        subject text,
        body_text text,
        body_html text,
        message_id varchar
    )
)

INSERT INTO ops.mails (
    incident_id,
    kind,
    recipients,
    subject,
    body_text,
    body_html,
    message_id,
    created_at
)
SELECT
    written.incident_id,
    written.kind,
    written.recipients,
    written.subject,
    written.body_text,
    written.body_html,
    written.message_id,
    %(at)s::timestamptz AS created_at
FROM written
ON CONFLICT (incident_id, kind) DO NOTHING
