-- Incidents: one row per problem, from when it was first seen until it is over; the mails about
-- them, kept until a server took them; and what people did on the page.

CREATE TABLE ops.incidents (
    id bigint GENERATED ALWAYS AS IDENTITY,
    cause_key varchar NOT NULL,
    verdict varchar NOT NULL,
    opened_at timestamptz NOT NULL,
    since_at timestamptz,
    seen_at timestamptz NOT NULL,
    seen_count integer NOT NULL DEFAULT 1,
    well_since_at timestamptz,
    closed_at timestamptz,
    facts jsonb NOT NULL DEFAULT '{}',
    impact jsonb NOT NULL DEFAULT '[]',
    digested_on date,
    CONSTRAINT incidents_pk PRIMARY KEY (id),
    CONSTRAINT incidents_closed_at_ck CHECK (closed_at >= opened_at)
);
CREATE UNIQUE INDEX incidents_open_cause_key_idx
ON ops.incidents (cause_key) WHERE closed_at IS NULL;
CREATE INDEX incidents_opened_at_idx ON ops.incidents (opened_at);
COMMENT ON TABLE ops.incidents IS 'One row per problem, however many tasks, tables and runs it touches. Open ones have no closed_at, and there is one per cause.';
COMMENT ON COLUMN ops.incidents.id IS 'Number of the incident.';
COMMENT ON COLUMN ops.incidents.cause_key IS 'What is broken: source:<table>, task:<task>, pipeline, deadline, warehouse or watch (nobody looks).';
COMMENT ON COLUMN ops.incidents.verdict IS 'What is wrong with it, as last seen: a verdict of include/texts/verdicts.*.yml.';
COMMENT ON COLUMN ops.incidents.opened_at IS 'When it was first noticed.';
COMMENT ON COLUMN ops.incidents.since_at IS 'Since when it is wrong, as far as the data tells; before opened_at.';
COMMENT ON COLUMN ops.incidents.seen_at IS 'When it was last seen to be wrong.';
COMMENT ON COLUMN ops.incidents.seen_count IS 'How often it was seen.';
COMMENT ON COLUMN ops.incidents.well_since_at IS 'Since when it looks well again while it is still open; NULL while it does not.';
COMMENT ON COLUMN ops.incidents.closed_at IS 'When it was over; NULL while it is open.';
COMMENT ON COLUMN ops.incidents.facts IS 'What the mails and the page say of it: names, dates, counts, no personal data.';
COMMENT ON COLUMN ops.incidents.impact IS 'What else is not well because of it: a list of table names.';
COMMENT ON COLUMN ops.incidents.digested_on IS 'Local day of the last digest that named it.';

CREATE TABLE ops.mails (
    id bigint GENERATED ALWAYS AS IDENTITY,
    incident_id bigint,
    kind varchar NOT NULL,
    recipients varchar[] NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text NOT NULL,
    message_id varchar NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    try_count integer NOT NULL DEFAULT 0,
    tried_at timestamptz,
    last_error text,
    CONSTRAINT mails_pk PRIMARY KEY (id),
    CONSTRAINT mails_message_id_uq UNIQUE (message_id),
    CONSTRAINT mails_kind_ck CHECK (kind IN ('opening', 'recovery', 'digest')),
    CONSTRAINT mails_incident_id_fk FOREIGN KEY (
        incident_id
    ) REFERENCES ops.incidents (id)
);
-- One opening and one recovery each, whoever notices.
CREATE UNIQUE INDEX mails_incident_id_kind_idx ON ops.mails (incident_id, kind);
CREATE INDEX mails_unsent_idx ON ops.mails (id) WHERE sent_at IS NULL;
COMMENT ON TABLE ops.mails IS 'One row per mail, written in the transaction that opens or closes the incident and sent afterwards, so that a mail server that is down loses none.';
COMMENT ON COLUMN ops.mails.id IS 'Number of the mail.';
COMMENT ON COLUMN ops.mails.incident_id IS 'The incident; NULL for a digest.';
COMMENT ON COLUMN ops.mails.kind IS 'opening, recovery or digest.';
COMMENT ON COLUMN ops.mails.recipients IS 'Addresses.';
COMMENT ON COLUMN ops.mails.subject IS 'Subject, one line.';
COMMENT ON COLUMN ops.mails.body_text IS 'The mail as plain text.';
COMMENT ON COLUMN ops.mails.body_html IS 'The mail as HTML.';
COMMENT ON COLUMN ops.mails.message_id IS 'Message-ID, the same at every try: a mail that was sent twice after all can be told.';
COMMENT ON COLUMN ops.mails.created_at IS 'When it was written.';
COMMENT ON COLUMN ops.mails.sent_at IS 'When the mail server took it; NULL while it waits.';
COMMENT ON COLUMN ops.mails.try_count IS 'How often sending was tried.';
COMMENT ON COLUMN ops.mails.tried_at IS 'When it was last tried.';
COMMENT ON COLUMN ops.mails.last_error IS 'Why the last try failed: kind of error, no address.';

CREATE TABLE ops.page_actions (
    id bigint GENERATED ALWAYS AS IDENTITY,
    acted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    acted_by varchar NOT NULL,
    action varchar NOT NULL,
    request jsonb NOT NULL,
    outcome varchar NOT NULL,
    dag_run_id varchar,
    CONSTRAINT page_actions_pk PRIMARY KEY (id)
);
COMMENT ON TABLE ops.page_actions IS 'One row per thing that somebody asked for on the Data health page, refused ones too.';
COMMENT ON COLUMN ops.page_actions.id IS 'Number of the row.';
COMMENT ON COLUMN ops.page_actions.acted_at IS 'When.';
COMMENT ON COLUMN ops.page_actions.acted_by IS 'Who: the name of the signed-in user of Airflow.';
COMMENT ON COLUMN ops.page_actions.action IS 'What: load_days.';
COMMENT ON COLUMN ops.page_actions.request IS 'With which sources and dates.';
COMMENT ON COLUMN ops.page_actions.outcome IS 'started, or why not.';
COMMENT ON COLUMN ops.page_actions.dag_run_id IS 'The run that it started.';

CREATE TABLE ops.health_watches (
    is_only boolean NOT NULL DEFAULT true,
    watched_at timestamptz NOT NULL,
    watched_by varchar NOT NULL,
    CONSTRAINT health_watches_pk PRIMARY KEY (is_only),
    CONSTRAINT health_watches_is_only_ck CHECK (is_only)
);
COMMENT ON TABLE ops.health_watches IS 'At most one row: when Airflow last looked at health and by what; whoever looks next can tell that it did not.';
COMMENT ON COLUMN ops.health_watches.is_only IS 'True: there is one row.';
COMMENT ON COLUMN ops.health_watches.watched_at IS 'When.';
COMMENT ON COLUMN ops.health_watches.watched_by IS 'By which task of Airflow; ./leads health leaves no trace here, as it proves nothing of Airflow.';
