-- The three views that people read, the tables behind them, and what a refresh remembers.

-- An earlier system's views have other columns or other figures: they make room, and stay readable.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT
            class.relname,
            space.nspname,
            class.relkind
        FROM pg_class AS class
        INNER JOIN pg_namespace AS space ON class.relnamespace = space.oid
        WHERE
            (space.nspname, class.relname) IN (
                ('observational', 'v_conversion_metrics'),
                ('ops', 'v_payment_calculation'),
                ('ops', 'v_cabinet_financial_14d')
            )
            AND class.relkind IN ('v', 'm')
    LOOP
        EXECUTE format(
            'ALTER %%s %%I.%%I RENAME TO %%I',
            CASE old.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
            old.nspname, old.relname, old.relname || '_legacy'
        );
    END LOOP;
END
$$;

-- Work: what the raw table says, once per driver and day ---------------------------------------------

CREATE FUNCTION ops.read_date(raw text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT
        CASE
            WHEN
                form.month BETWEEN 1 AND 12
                AND form.year BETWEEN 1900 AND 9999
                AND form.day BETWEEN 1 AND date_part(
                    'day',
                    make_date(form.year, form.month, 1)
                    + interval '1 month' - interval '1 day'
                )
                THEN make_date(form.year, form.month, form.day)
        END
    FROM (
        -- Cut out by the pattern itself: the planner may reckon with a value that it knows already
        -- before any condition keeps junk from being read as a number.
        SELECT
            coalesce(
                substring(plain.text FROM '^[0-9]{1,2}-[0-9]{1,2}-([0-9]{4})$'),
                substring(plain.text FROM '^([0-9]{4})-[0-9]{1,2}-[0-9]{1,2}$')
            )::integer AS year,
            coalesce(
                substring(plain.text FROM '^[0-9]{1,2}-([0-9]{1,2})-[0-9]{4}$'),
                substring(plain.text FROM '^[0-9]{4}-([0-9]{1,2})-[0-9]{1,2}$')
            )::integer AS month,
            coalesce(
                substring(plain.text FROM '^([0-9]{1,2})-[0-9]{1,2}-[0-9]{4}$'),
                substring(plain.text FROM '^[0-9]{4}-[0-9]{1,2}-([0-9]{1,2})$')
            )::integer AS day
        FROM (SELECT btrim(raw, E' \t\r\n') AS text) AS plain
    ) AS form
);
COMMENT ON FUNCTION ops.read_date IS 'The date that DD-MM-YYYY or YYYY-MM-DD says, blanks around it and leading zeros aside; NULL for junk and for dates that no calendar has.';

CREATE TABLE ops.raw_reads (
    raw_table varchar NOT NULL,
    snapshot pg_snapshot NOT NULL,
    looked_snapshot pg_snapshot NOT NULL,
    is_overtaken boolean NOT NULL,
    file_node bigint NOT NULL,
    block_count bigint NOT NULL,
    row_count bigint NOT NULL,
    inserted_count bigint NOT NULL,
    updated_count bigint NOT NULL,
    deleted_count bigint NOT NULL,
    read_at timestamptz NOT NULL,
    run_id bigint,
    CONSTRAINT raw_reads_pk PRIMARY KEY (raw_table)
);
COMMENT ON TABLE ops.raw_reads IS 'One row per raw table that the views are made of: how far it was read.';
COMMENT ON COLUMN ops.raw_reads.raw_table IS 'The table, with its schema.';
COMMENT ON COLUMN ops.raw_reads.snapshot IS 'Which transactions the last read could see: rows written since are read again.';
COMMENT ON COLUMN ops.raw_reads.looked_snapshot IS 'The same of the last read that looked at every row, not at the end of the table only: rows written over since are read again.';
COMMENT ON COLUMN ops.raw_reads.is_overtaken IS 'Whether rows were written while it was read: some may be accounted for already that the snapshot does not show.';
COMMENT ON COLUMN ops.raw_reads.file_node IS 'The file it lay in; another one means that it was rewritten or emptied.';
COMMENT ON COLUMN ops.raw_reads.block_count IS 'How many blocks it had: rows that were added since lie in the last of them or behind.';
COMMENT ON COLUMN ops.raw_reads.row_count IS 'How many rows of it are accounted for.';
COMMENT ON COLUMN ops.raw_reads.inserted_count IS 'Rows ever inserted, by the server''s own statistics.';
COMMENT ON COLUMN ops.raw_reads.updated_count IS 'Rows ever updated, by the server''s own statistics.';
COMMENT ON COLUMN ops.raw_reads.deleted_count IS 'Rows ever deleted, by the server''s own statistics.';
COMMENT ON COLUMN ops.raw_reads.read_at IS 'When it was last read.';
COMMENT ON COLUMN ops.raw_reads.run_id IS 'Ledger row of the run that read it.';

CREATE TABLE ops.driver_days (
    driver_id varchar NOT NULL,
    work_date date NOT NULL,
    trip_count integer NOT NULL,
    work_seconds integer NOT NULL,
    reported_at timestamp,
    raw_count integer NOT NULL,
    CONSTRAINT driver_days_pk PRIMARY KEY (driver_id, work_date),
    CONSTRAINT driver_days_counts_ck CHECK (
        trip_count >= 0 AND work_seconds >= 0 AND raw_count > 0
    )
-- A block leaves room for the next version of its rows, which then needs no new entry in any index.
) WITH (fillfactor = 90);
COMMENT ON TABLE ops.driver_days IS 'One row per driver account and day of work: the last report of public.summary_daily.';
COMMENT ON COLUMN ops.driver_days.driver_id IS 'The account, as reported.';
COMMENT ON COLUMN ops.driver_days.work_date IS 'The day, local.';
COMMENT ON COLUMN ops.driver_days.trip_count IS 'Trips completed that day; a report below zero counts as none.';
COMMENT ON COLUMN ops.driver_days.work_seconds IS 'Time at work that day, in seconds; a report below zero counts as none.';
COMMENT ON COLUMN ops.driver_days.reported_at IS 'When the report landed, local; of several the last one counts.';
COMMENT ON COLUMN ops.driver_days.raw_count IS 'How many raw rows report this day.';

CREATE TABLE ops.unread_work (
    driver_id varchar NOT NULL,
    reason_code varchar NOT NULL,
    date_shape varchar NOT NULL,
    raw_count integer NOT NULL,
    CONSTRAINT unread_work_pk PRIMARY KEY (driver_id, reason_code, date_shape),
    CONSTRAINT unread_work_reason_code_ck CHECK (
        reason_code IN (
            'MISSING_DRIVER', 'MISSING_DATE', 'UNREADABLE_DATE', 'IMPOSSIBLE_DATE'
        )
    )
);
COMMENT ON TABLE ops.unread_work IS 'One row per account, reason and shape of date: rows of public.summary_daily that count for nobody.';
COMMENT ON COLUMN ops.unread_work.driver_id IS 'The account, as reported; empty when missing.';
COMMENT ON COLUMN ops.unread_work.reason_code IS 'What is wrong: no driver, no date, not a date, or a date that no calendar has.';
COMMENT ON COLUMN ops.unread_work.date_shape IS 'What the date looks like: 9 for a digit, A for a letter.';
COMMENT ON COLUMN ops.unread_work.raw_count IS 'How many raw rows.';

-- Payments: what the platform says it has paid, and to whom -------------------------------------------

CREATE TABLE ops.cabinet_payments (
    payment_id varchar NOT NULL,
    paid_on date,
    driver_id varchar,
    name_key varchar,
    trip_1 boolean NOT NULL,
    trip_5 boolean NOT NULL,
    trip_25 boolean NOT NULL,
    raw_hash bigint NOT NULL,
    match_status varchar NOT NULL,
    person_key uuid,
    candidate_count integer NOT NULL,
    CONSTRAINT cabinet_payments_pk PRIMARY KEY (payment_id),
    CONSTRAINT cabinet_payments_match_status_ck CHECK (
        match_status IN (
            'BY_DRIVER_ID', 'BY_NAME', 'AMBIGUOUS_NAME', 'UNKNOWN_NAME', 'SHORT_NAME'
        )
    ),
    CONSTRAINT cabinet_payments_person_ck CHECK (
        (person_key IS NOT NULL) = (match_status IN ('BY_DRIVER_ID', 'BY_NAME'))
    )
);
COMMENT ON TABLE ops.cabinet_payments IS 'One row per row of public.module_ct_cabinet_payments, with the person it belongs to. Personal data.';
COMMENT ON COLUMN ops.cabinet_payments.payment_id IS 'Key of the raw row.';
COMMENT ON COLUMN ops.cabinet_payments.paid_on IS 'Date of the payment, local; NULL when it cannot be read.';
COMMENT ON COLUMN ops.cabinet_payments.driver_id IS 'Account named by the raw row.';
COMMENT ON COLUMN ops.cabinet_payments.name_key IS 'Sorted words of the driver''s name, repeated ones kept, without particles; NULL with fewer than two.';
COMMENT ON COLUMN ops.cabinet_payments.trip_1 IS 'Whether the milestone of 1 trip was paid.';
COMMENT ON COLUMN ops.cabinet_payments.trip_5 IS 'Whether the milestone of 5 trips was paid.';
COMMENT ON COLUMN ops.cabinet_payments.trip_25 IS 'Whether the milestone of 25 trips was paid.';
COMMENT ON COLUMN ops.cabinet_payments.raw_hash IS 'Hash of the raw row, to see whether it changed.';
COMMENT ON COLUMN ops.cabinet_payments.match_status IS 'BY_DRIVER_ID, BY_NAME, or why it belongs to nobody: AMBIGUOUS_NAME, UNKNOWN_NAME, SHORT_NAME.';
COMMENT ON COLUMN ops.cabinet_payments.person_key IS 'The person it belongs to.';
COMMENT ON COLUMN ops.cabinet_payments.candidate_count IS 'How many people have that name.';
CREATE INDEX cabinet_payments_person_key_idx ON ops.cabinet_payments (person_key);
CREATE INDEX cabinet_payments_driver_id_idx ON ops.cabinet_payments (driver_id);
CREATE INDEX cabinet_payments_name_key_idx ON ops.cabinet_payments (name_key);
CREATE INDEX cabinet_payments_unmatched_idx ON ops.cabinet_payments (match_status)
WHERE person_key IS NULL;
CREATE INDEX drivers_index_name_norm_idx ON canon.drivers_index (name_norm);

CREATE VIEW ops.v_unmatched_payments AS
SELECT
    payment.payment_id,
    payment.paid_on,
    payment.match_status AS reason_code,
    payment.candidate_count,
    payment.trip_1,
    payment.trip_5,
    payment.trip_25,
    coalesce(rule.amount_m1, 0) AS amount_m1,
    coalesce(rule.amount_m5, 0) AS amount_m5,
    coalesce(rule.amount_m25, 0) AS amount_m25,
    coalesce(rule.amount_m1, 0)
    + coalesce(rule.amount_m5, 0)
    + coalesce(rule.amount_m25, 0)
        AS total_amount
FROM ops.cabinet_payments AS payment
LEFT JOIN LATERAL (
    SELECT
        sum(known.amount) FILTER (WHERE known.milestone_trips = 1 AND payment.trip_1)
            AS amount_m1,
        sum(known.amount) FILTER (WHERE known.milestone_trips = 5 AND payment.trip_5)
            AS amount_m5,
        sum(known.amount) FILTER (
            WHERE known.milestone_trips = 25 AND payment.trip_25
        ) AS amount_m25
    FROM ops.partner_payment_rules AS known
    WHERE
        known.is_active
        AND known.origin_tag = 'cabinet'
        AND known.window_days = 14
        AND payment.paid_on BETWEEN known.valid_from AND coalesce(
            known.valid_to, 'infinity'
        )
) AS rule ON true
WHERE payment.person_key IS NULL;
COMMENT ON VIEW ops.v_unmatched_payments IS 'One row per payment that belongs to nobody, with what it stands for under the rules of its day.';
COMMENT ON COLUMN ops.v_unmatched_payments.payment_id IS 'Key of the raw row.';
COMMENT ON COLUMN ops.v_unmatched_payments.paid_on IS 'Date of the payment, local.';
COMMENT ON COLUMN ops.v_unmatched_payments.reason_code IS 'AMBIGUOUS_NAME (several people have it), UNKNOWN_NAME (nobody has), SHORT_NAME (fewer than two words).';
COMMENT ON COLUMN ops.v_unmatched_payments.candidate_count IS 'How many people have that name.';
COMMENT ON COLUMN ops.v_unmatched_payments.trip_1 IS 'Whether it pays the milestone of 1 trip.';
COMMENT ON COLUMN ops.v_unmatched_payments.trip_5 IS 'Whether it pays the milestone of 5 trips.';
COMMENT ON COLUMN ops.v_unmatched_payments.trip_25 IS 'Whether it pays the milestone of 25 trips.';
COMMENT ON COLUMN ops.v_unmatched_payments.amount_m1 IS 'What the milestone of 1 trip was worth that day.';
COMMENT ON COLUMN ops.v_unmatched_payments.amount_m5 IS 'What the milestone of 5 trips was worth that day.';
COMMENT ON COLUMN ops.v_unmatched_payments.amount_m25 IS 'What the milestone of 25 trips was worth that day.';
COMMENT ON COLUMN ops.v_unmatched_payments.total_amount IS 'The three together.';

-- The figures ------------------------------------------------------------------------------------------
-- They leave such room, too, and more: most of what is written are new versions.

CREATE TABLE observational.conversion_metrics (
    person_key uuid NOT NULL,
    origin_tag varchar NOT NULL,
    lead_date date NOT NULL,
    scout_id integer,
    driver_id varchar NOT NULL,
    hire_date date,
    first_connection_date date,
    first_trip_date date,
    trip_1_date date,
    trip_5_date date,
    trip_25_date date,
    time_to_connection_days integer,
    time_to_1_days integer,
    time_to_5_days integer,
    time_to_25_days integer,
    trips_7d integer NOT NULL,
    trips_14d integer NOT NULL,
    trips_30d integer NOT NULL,
    scout_source_table varchar,
    scout_source_pk varchar,
    CONSTRAINT conversion_metrics_pk PRIMARY KEY (person_key, origin_tag)
) WITH (fillfactor = 80);
COMMENT ON TABLE observational.conversion_metrics IS 'One row per person and origin of their leads: how soon they drove, and how much. Kept up to date by refresh_views.';
COMMENT ON COLUMN observational.conversion_metrics.person_key IS 'The person.';
COMMENT ON COLUMN observational.conversion_metrics.origin_tag IS 'Where the leads came from: cabinet or fleet_migration.';
COMMENT ON COLUMN observational.conversion_metrics.lead_date IS 'Date of the first lead of that origin, local; every window counts from it, inclusive.';
COMMENT ON COLUMN observational.conversion_metrics.scout_id IS 'Scout who brought them; NULL when none.';
COMMENT ON COLUMN observational.conversion_metrics.driver_id IS 'Primary account: of the home park first, then the one hired first, then the least id.';
COMMENT ON COLUMN observational.conversion_metrics.hire_date IS 'Hire date of that account.';
COMMENT ON COLUMN observational.conversion_metrics.first_connection_date IS 'First day with time at work, from the lead date on.';
COMMENT ON COLUMN observational.conversion_metrics.first_trip_date IS 'First day with a trip, from the lead date on.';
COMMENT ON COLUMN observational.conversion_metrics.trip_1_date IS 'Day on which trips from the lead date on reach 1.';
COMMENT ON COLUMN observational.conversion_metrics.trip_5_date IS 'Day on which they reach 5.';
COMMENT ON COLUMN observational.conversion_metrics.trip_25_date IS 'Day on which they reach 25.';
COMMENT ON COLUMN observational.conversion_metrics.time_to_connection_days IS 'Days from the lead date to the first connection; 0 is the same day.';
COMMENT ON COLUMN observational.conversion_metrics.time_to_1_days IS 'Days from the lead date to the first trip.';
COMMENT ON COLUMN observational.conversion_metrics.time_to_5_days IS 'Days from the lead date to the fifth trip.';
COMMENT ON COLUMN observational.conversion_metrics.time_to_25_days IS 'Days from the lead date to the 25th trip.';
COMMENT ON COLUMN observational.conversion_metrics.trips_7d IS 'Trips in the 7 days from the lead date.';
COMMENT ON COLUMN observational.conversion_metrics.trips_14d IS 'Trips in the 14 days from the lead date.';
COMMENT ON COLUMN observational.conversion_metrics.trips_30d IS 'Trips in the 30 days from the lead date.';
COMMENT ON COLUMN observational.conversion_metrics.scout_source_table IS 'Source of the lead that names the scout.';
COMMENT ON COLUMN observational.conversion_metrics.scout_source_pk IS 'Key of that lead in its source.';
CREATE INDEX conversion_metrics_origin_tag_lead_date_idx
ON observational.conversion_metrics (origin_tag, lead_date);

CREATE VIEW observational.v_conversion_metrics AS
SELECT
    metric.person_key,
    metric.origin_tag,
    metric.lead_date,
    metric.scout_id,
    metric.driver_id,
    metric.hire_date,
    metric.first_connection_date,
    metric.first_trip_date,
    metric.trip_1_date,
    metric.trip_5_date,
    metric.trip_25_date,
    metric.time_to_connection_days,
    metric.time_to_1_days,
    metric.time_to_5_days,
    metric.time_to_25_days,
    metric.trips_7d,
    metric.trips_14d,
    metric.trips_30d
FROM observational.conversion_metrics AS metric;
COMMENT ON VIEW observational.v_conversion_metrics IS 'One row per person and origin of their leads: how soon they drove, and how much.';

CREATE TABLE ops.payment_calculation (
    person_key uuid NOT NULL,
    origin_tag varchar NOT NULL,
    scout_id integer,
    driver_id varchar NOT NULL,
    lead_date date NOT NULL,
    rule_id bigint NOT NULL,
    rule_scope varchar NOT NULL,
    milestone_trips integer NOT NULL,
    window_days integer NOT NULL,
    currency varchar NOT NULL,
    amount numeric(12, 2) NOT NULL,
    rule_valid_from date NOT NULL,
    rule_valid_to date,
    milestone_achieved boolean NOT NULL,
    achieved_date date,
    achieved_trips_in_window integer NOT NULL,
    is_payable boolean NOT NULL,
    payable_date date,
    payment_scheme varchar NOT NULL,
    CONSTRAINT payment_calculation_pk PRIMARY KEY (
        person_key, origin_tag, rule_scope, rule_id
    )
) WITH (fillfactor = 80);
COMMENT ON TABLE ops.payment_calculation IS 'One row per person, origin and payment rule that applies to the lead date. Kept up to date by refresh_views.';
COMMENT ON COLUMN ops.payment_calculation.person_key IS 'The person.';
COMMENT ON COLUMN ops.payment_calculation.origin_tag IS 'Where the leads came from.';
COMMENT ON COLUMN ops.payment_calculation.scout_id IS 'Scout who brought them; NULL when none.';
COMMENT ON COLUMN ops.payment_calculation.driver_id IS 'Primary account of the person.';
COMMENT ON COLUMN ops.payment_calculation.lead_date IS 'Date of the first lead of that origin, local.';
COMMENT ON COLUMN ops.payment_calculation.rule_id IS 'Number of the rule in ops.partner_payment_rules or ops.scout_payment_rules.';
COMMENT ON COLUMN ops.payment_calculation.rule_scope IS 'partner (the platform pays the fleet) or scout (the fleet pays the scout).';
COMMENT ON COLUMN ops.payment_calculation.milestone_trips IS 'Trips that reach the milestone.';
COMMENT ON COLUMN ops.payment_calculation.window_days IS 'Days from the lead date, inclusive, in which trips count.';
COMMENT ON COLUMN ops.payment_calculation.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN ops.payment_calculation.amount IS 'What the milestone is worth by the rule, reached or not.';
COMMENT ON COLUMN ops.payment_calculation.rule_valid_from IS 'First lead date the rule applies to.';
COMMENT ON COLUMN ops.payment_calculation.rule_valid_to IS 'Last lead date it applies to; NULL = open.';
COMMENT ON COLUMN ops.payment_calculation.milestone_achieved IS 'Whether trips in the window reach the milestone.';
COMMENT ON COLUMN ops.payment_calculation.achieved_date IS 'Day on which they do.';
COMMENT ON COLUMN ops.payment_calculation.achieved_trips_in_window IS 'Trips counted up to that day; 0 when not achieved.';
COMMENT ON COLUMN ops.payment_calculation.is_payable IS 'Achieved; of a scout rule also: the scout is known by a lead whose link is HIGH.';
COMMENT ON COLUMN ops.payment_calculation.payable_date IS 'The achieved date and the rule''s offset.';
COMMENT ON COLUMN ops.payment_calculation.payment_scheme IS 'Prefix, window and milestone, as in yango_14d_5trips.';

CREATE VIEW ops.v_payment_calculation AS
SELECT
    payment.person_key,
    payment.origin_tag,
    payment.scout_id,
    payment.driver_id,
    payment.lead_date,
    payment.rule_id,
    payment.rule_scope,
    payment.milestone_trips,
    payment.window_days,
    payment.currency,
    payment.amount,
    payment.rule_valid_from,
    payment.rule_valid_to,
    payment.milestone_achieved,
    payment.achieved_date,
    payment.achieved_trips_in_window,
    payment.is_payable,
    payment.payable_date,
    payment.payment_scheme
FROM ops.payment_calculation AS payment;
COMMENT ON VIEW ops.v_payment_calculation IS 'One row per person, origin and payment rule that applies to the lead date: whether it is reached, and payable.';

CREATE TABLE ops.cabinet_financial_14d (
    driver_id varchar NOT NULL,
    lead_date date NOT NULL,
    driver_name varchar,
    iso_week varchar NOT NULL,
    week_start date NOT NULL,
    connected_flag boolean NOT NULL,
    connected_date date,
    total_trips_14d integer NOT NULL,
    reached_m1_14d boolean NOT NULL,
    reached_m5_14d boolean NOT NULL,
    reached_m25_14d boolean NOT NULL,
    expected_amount_m1 numeric(12, 2) NOT NULL,
    expected_amount_m5 numeric(12, 2) NOT NULL,
    expected_amount_m25 numeric(12, 2) NOT NULL,
    expected_total_yango numeric(12, 2) NOT NULL,
    claim_m1_exists boolean NOT NULL,
    claim_m1_paid boolean NOT NULL,
    claim_m5_exists boolean NOT NULL,
    claim_m5_paid boolean NOT NULL,
    claim_m25_exists boolean NOT NULL,
    claim_m25_paid boolean NOT NULL,
    paid_amount_m1 numeric(12, 2) NOT NULL,
    paid_amount_m5 numeric(12, 2) NOT NULL,
    paid_amount_m25 numeric(12, 2) NOT NULL,
    total_paid_yango numeric(12, 2) NOT NULL,
    amount_due_yango numeric(12, 2) NOT NULL,
    person_key uuid NOT NULL,
    CONSTRAINT cabinet_financial_14d_pk PRIMARY KEY (person_key)
) WITH (fillfactor = 80);
COMMENT ON TABLE ops.cabinet_financial_14d IS 'One row per person with cabinet leads, under their primary account: what the platform owes and has paid. Kept up to date by refresh_views. Personal data.';
COMMENT ON COLUMN ops.cabinet_financial_14d.driver_id IS 'Primary account of the person.';
COMMENT ON COLUMN ops.cabinet_financial_14d.lead_date IS 'Date of the first cabinet lead, local.';
COMMENT ON COLUMN ops.cabinet_financial_14d.driver_name IS 'Name on the primary account.';
COMMENT ON COLUMN ops.cabinet_financial_14d.iso_week IS 'ISO week of the lead date, as in 2026-07.';
COMMENT ON COLUMN ops.cabinet_financial_14d.week_start IS 'Monday of that week.';
COMMENT ON COLUMN ops.cabinet_financial_14d.connected_flag IS 'Whether there was time at work from the lead date on.';
COMMENT ON COLUMN ops.cabinet_financial_14d.connected_date IS 'First day of it.';
COMMENT ON COLUMN ops.cabinet_financial_14d.total_trips_14d IS 'Trips in the 14 days from the lead date.';
COMMENT ON COLUMN ops.cabinet_financial_14d.reached_m1_14d IS 'Whether these reach 1.';
COMMENT ON COLUMN ops.cabinet_financial_14d.reached_m5_14d IS 'Whether these reach 5.';
COMMENT ON COLUMN ops.cabinet_financial_14d.reached_m25_14d IS 'Whether these reach 25.';
COMMENT ON COLUMN ops.cabinet_financial_14d.expected_amount_m1 IS 'What the platform owes for 1 trip by the rule of the lead date; 0 when not reached.';
COMMENT ON COLUMN ops.cabinet_financial_14d.expected_amount_m5 IS 'The same for 5 trips.';
COMMENT ON COLUMN ops.cabinet_financial_14d.expected_amount_m25 IS 'The same for 25 trips.';
COMMENT ON COLUMN ops.cabinet_financial_14d.expected_total_yango IS 'The three together.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m1_exists IS 'Whether the milestone of 1 trip is reached, and so may be claimed.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m1_paid IS 'Whether a payment row of the person says it was paid, too.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m5_exists IS 'The same for 5 trips: reached.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m5_paid IS 'The same for 5 trips: paid.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m25_exists IS 'The same for 25 trips: reached.';
COMMENT ON COLUMN ops.cabinet_financial_14d.claim_m25_paid IS 'The same for 25 trips: paid.';
COMMENT ON COLUMN ops.cabinet_financial_14d.paid_amount_m1 IS 'The expected amount, where it was paid.';
COMMENT ON COLUMN ops.cabinet_financial_14d.paid_amount_m5 IS 'The same for 5 trips.';
COMMENT ON COLUMN ops.cabinet_financial_14d.paid_amount_m25 IS 'The same for 25 trips.';
COMMENT ON COLUMN ops.cabinet_financial_14d.total_paid_yango IS 'The three together.';
COMMENT ON COLUMN ops.cabinet_financial_14d.amount_due_yango IS 'Expected and not paid.';
COMMENT ON COLUMN ops.cabinet_financial_14d.person_key IS 'The person.';
CREATE INDEX cabinet_financial_14d_driver_id_idx ON ops.cabinet_financial_14d (
    driver_id
);

CREATE VIEW ops.v_cabinet_financial_14d AS
SELECT
    financial.driver_id,
    financial.lead_date,
    financial.driver_name,
    financial.iso_week,
    financial.week_start,
    financial.connected_flag,
    financial.connected_date,
    financial.total_trips_14d,
    financial.reached_m1_14d,
    financial.reached_m5_14d,
    financial.reached_m25_14d,
    financial.expected_amount_m1,
    financial.expected_amount_m5,
    financial.expected_amount_m25,
    financial.expected_total_yango,
    financial.claim_m1_exists,
    financial.claim_m1_paid,
    financial.claim_m5_exists,
    financial.claim_m5_paid,
    financial.claim_m25_exists,
    financial.claim_m25_paid,
    financial.paid_amount_m1,
    financial.paid_amount_m5,
    financial.paid_amount_m25,
    financial.total_paid_yango,
    financial.amount_due_yango,
    financial.person_key
FROM ops.cabinet_financial_14d AS financial;
COMMENT ON VIEW ops.v_cabinet_financial_14d IS 'One row per person with cabinet leads, under their primary account: what the platform owes and has paid for the first 14 days. Personal data.';

-- A view's columns are explained like its table's.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT
            space.nspname,
            views.relname,
            source.attname,
            col_description(source.attrelid, source.attnum) AS comment
        FROM (
            VALUES
            ('observational.conversion_metrics'::regclass, 'observational.v_conversion_metrics'::regclass),
            ('ops.payment_calculation'::regclass, 'ops.v_payment_calculation'::regclass),
            ('ops.cabinet_financial_14d'::regclass, 'ops.v_cabinet_financial_14d'::regclass)
        ) AS pair (source, view)
        INNER JOIN pg_class AS views ON pair.view = views.oid
        INNER JOIN pg_namespace AS space ON views.relnamespace = space.oid
        INNER JOIN pg_attribute AS source ON pair.source = source.attrelid AND source.attnum > 0
        INNER JOIN pg_attribute AS shown
            ON pair.view = shown.attrelid AND source.attname = shown.attname
    LOOP
        EXECUTE format(
            'COMMENT ON COLUMN %%I.%%I.%%I IS %%L', one.nspname, one.relname, one.attname, one.comment
        );
    END LOOP;
END
$$;

-- What a refresh remembers, and what tells it whom to look at -------------------------------------------

CREATE TABLE ops.view_state (
    id boolean NOT NULL DEFAULT true,
    home_park_id varchar,
    published_at timestamptz,
    run_id bigint,
    CONSTRAINT view_state_pk PRIMARY KEY (id),
    CONSTRAINT view_state_id_ck CHECK (id)
);
COMMENT ON TABLE ops.view_state IS 'One row: the last refresh that readers see.';
COMMENT ON COLUMN ops.view_state.id IS 'Always true: there is one row.';
COMMENT ON COLUMN ops.view_state.home_park_id IS 'The home park it reckoned with; another one changes primary accounts.';
COMMENT ON COLUMN ops.view_state.published_at IS 'When it read the data; NULL before the first.';
COMMENT ON COLUMN ops.view_state.run_id IS 'Its ledger row.';
INSERT INTO ops.view_state DEFAULT VALUES;

CREATE VIEW ops.payment_rules AS
SELECT
    'partner'::varchar AS rule_scope,
    rule.id AS rule_id,
    rule.origin_tag,
    rule.window_days,
    rule.milestone_trips,
    rule.amount,
    rule.currency,
    rule.valid_from,
    rule.valid_to,
    rule.payable_offset_days
FROM ops.partner_payment_rules AS rule
WHERE rule.is_active
UNION ALL
SELECT
    'scout'::varchar AS rule_scope,
    rule.id AS rule_id,
    rule.origin_tag,
    rule.window_days,
    rule.milestone_trips,
    rule.amount,
    rule.currency,
    rule.valid_from,
    rule.valid_to,
    rule.payable_offset_days
FROM ops.scout_payment_rules AS rule
WHERE rule.is_active;
COMMENT ON VIEW ops.payment_rules IS 'One row per active payment rule, of partner and scouts alike.';
COMMENT ON COLUMN ops.payment_rules.rule_scope IS 'partner or scout.';
COMMENT ON COLUMN ops.payment_rules.rule_id IS 'Number of the rule in the table of its scope.';
COMMENT ON COLUMN ops.payment_rules.origin_tag IS 'Origin of the leads it applies to.';
COMMENT ON COLUMN ops.payment_rules.window_days IS 'Days from the lead date, inclusive, in which trips count.';
COMMENT ON COLUMN ops.payment_rules.milestone_trips IS 'Trips that reach the milestone.';
COMMENT ON COLUMN ops.payment_rules.amount IS 'Paid for this milestone alone.';
COMMENT ON COLUMN ops.payment_rules.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN ops.payment_rules.valid_from IS 'First lead date it applies to.';
COMMENT ON COLUMN ops.payment_rules.valid_to IS 'Last lead date it applies to, inclusive; NULL = open.';
COMMENT ON COLUMN ops.payment_rules.payable_offset_days IS 'Days from reaching the milestone to being payable.';

CREATE TABLE ops.published_rules (
    rule_scope varchar NOT NULL,
    rule_id bigint NOT NULL,
    origin_tag varchar NOT NULL,
    window_days integer NOT NULL,
    milestone_trips integer NOT NULL,
    amount numeric(12, 2) NOT NULL,
    currency varchar NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    payable_offset_days integer NOT NULL,
    CONSTRAINT published_rules_pk PRIMARY KEY (rule_scope, rule_id)
);
COMMENT ON TABLE ops.published_rules IS 'One row per payment rule as the last refresh knew it: what differs from ops.payment_rules touches people.';
COMMENT ON COLUMN ops.published_rules.rule_scope IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.rule_id IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.origin_tag IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.window_days IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.milestone_trips IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.amount IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.currency IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.valid_from IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.valid_to IS 'As in ops.payment_rules.';
COMMENT ON COLUMN ops.published_rules.payable_offset_days IS 'As in ops.payment_rules.';

CREATE TABLE ops.published_quarantine (
    driver_id varchar NOT NULL,
    CONSTRAINT published_quarantine_pk PRIMARY KEY (driver_id)
);
COMMENT ON TABLE ops.published_quarantine IS 'One row per account that was quarantined when the views were last refreshed.';
COMMENT ON COLUMN ops.published_quarantine.driver_id IS 'The account.';

CREATE TABLE ops.view_totals (
    figure varchar NOT NULL,
    currency varchar NOT NULL,
    row_count bigint NOT NULL,
    amount numeric(16, 2) NOT NULL,
    CONSTRAINT view_totals_pk PRIMARY KEY (figure, currency)
);
COMMENT ON TABLE ops.view_totals IS 'One row per total of the views and currency, as of the last refresh.';
COMMENT ON COLUMN ops.view_totals.figure IS 'payable and the payment scheme; or expected_yango, paid_yango, due_yango.';
COMMENT ON COLUMN ops.view_totals.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN ops.view_totals.row_count IS 'Rows that add up to it, those of nothing aside.';
COMMENT ON COLUMN ops.view_totals.amount IS 'Their sum.';

CREATE TABLE ops.view_totals_daily (
    published_on date NOT NULL,
    figure varchar NOT NULL,
    currency varchar NOT NULL,
    row_count bigint NOT NULL,
    amount numeric(16, 2) NOT NULL,
    CONSTRAINT view_totals_daily_pk PRIMARY KEY (published_on, figure, currency)
);
COMMENT ON TABLE ops.view_totals_daily IS 'One row per day, total and currency: the totals of the last refresh of that day.';
COMMENT ON COLUMN ops.view_totals_daily.published_on IS 'The day, local.';
COMMENT ON COLUMN ops.view_totals_daily.figure IS 'As in ops.view_totals.';
COMMENT ON COLUMN ops.view_totals_daily.currency IS 'As in ops.view_totals.';
COMMENT ON COLUMN ops.view_totals_daily.row_count IS 'As in ops.view_totals.';
COMMENT ON COLUMN ops.view_totals_daily.amount IS 'As in ops.view_totals.';

CREATE TABLE canon.stale_accounts (
    driver_id varchar NOT NULL,
    name_norm varchar NOT NULL,
    CONSTRAINT stale_accounts_pk PRIMARY KEY (driver_id, name_norm)
);
COMMENT ON TABLE canon.stale_accounts IS 'One row per account and name: accounts that are new, were renamed or went to another person since the views were last refreshed. Personal data.';
COMMENT ON COLUMN canon.stale_accounts.driver_id IS 'The account; * stands for all of them.';
COMMENT ON COLUMN canon.stale_accounts.name_norm IS 'A name it has or had; empty for none.';
INSERT INTO canon.stale_accounts (driver_id, name_norm) VALUES ('*', '');
COMMENT ON COLUMN canon.stale_people.consumer IS 'Who must look again: attribution or views.';

-- What checks found -------------------------------------------------------------------------------------

CREATE TABLE ops.check_results (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    run_id bigint,
    check_name varchar NOT NULL,
    severity varchar NOT NULL,
    claim text NOT NULL,
    scope varchar NOT NULL,
    violation_count bigint NOT NULL,
    tolerance bigint NOT NULL,
    is_passed boolean NOT NULL,
    violations jsonb,
    seconds double precision NOT NULL,
    checked_at timestamptz NOT NULL,
    CONSTRAINT check_results_pk PRIMARY KEY (id),
    CONSTRAINT check_results_run_id_fk FOREIGN KEY (run_id)
    REFERENCES ops.ingestion_runs (id),
    CONSTRAINT check_results_severity_ck CHECK (severity IN ('error', 'warn')),
    CONSTRAINT check_results_scope_ck CHECK (
        scope IN ('touched', 'sample', 'everything')
    )
);
COMMENT ON TABLE ops.check_results IS 'One row per check and run: whether what it claims holds.';
COMMENT ON COLUMN ops.check_results.id IS 'Number of the result.';
COMMENT ON COLUMN ops.check_results.run_id IS 'Ledger row of the run; NULL when a person checked.';
COMMENT ON COLUMN ops.check_results.check_name IS 'The check: include/sql/checks/views/<name>.sql.';
COMMENT ON COLUMN ops.check_results.severity IS 'error stops publication or fails the task; warn is recorded.';
COMMENT ON COLUMN ops.check_results.claim IS 'What it claims, in words.';
COMMENT ON COLUMN ops.check_results.scope IS 'touched: people of that refresh; sample: some people; everything: all of them.';
COMMENT ON COLUMN ops.check_results.violation_count IS 'Rows against the claim.';
COMMENT ON COLUMN ops.check_results.tolerance IS 'How many of them are put up with.';
COMMENT ON COLUMN ops.check_results.is_passed IS 'Whether there are no more than that.';
COMMENT ON COLUMN ops.check_results.violations IS 'The first of them, by their keys. No personal data.';
COMMENT ON COLUMN ops.check_results.seconds IS 'How long it took.';
COMMENT ON COLUMN ops.check_results.checked_at IS 'When it ended.';
CREATE INDEX check_results_check_name_idx ON ops.check_results (check_name, id DESC);
CREATE INDEX check_results_run_id_idx ON ops.check_results (run_id);

CREATE TABLE ops.payment_rule_changes (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    rule_scope varchar NOT NULL,
    rule_id bigint NOT NULL,
    action varchar NOT NULL,
    before jsonb,
    after jsonb,
    changed_by varchar NOT NULL,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT payment_rule_changes_pk PRIMARY KEY (id),
    CONSTRAINT payment_rule_changes_action_ck CHECK (
        action IN ('add', 'end', 'withdraw')
    )
);
COMMENT ON TABLE ops.payment_rule_changes IS 'One row per change of a payment rule: who, when, why, from what to what.';
COMMENT ON COLUMN ops.payment_rule_changes.id IS 'Number of the change.';
COMMENT ON COLUMN ops.payment_rule_changes.rule_scope IS 'partner or scout.';
COMMENT ON COLUMN ops.payment_rule_changes.rule_id IS 'Number of the rule.';
COMMENT ON COLUMN ops.payment_rule_changes.action IS 'add (new rule), end (its last lead date) or withdraw (it no longer counts).';
COMMENT ON COLUMN ops.payment_rule_changes.before IS 'The rule before; NULL for a new one.';
COMMENT ON COLUMN ops.payment_rule_changes.after IS 'The rule after.';
COMMENT ON COLUMN ops.payment_rule_changes.changed_by IS 'Who.';
COMMENT ON COLUMN ops.payment_rule_changes.reason IS 'Why, in their words.';
COMMENT ON COLUMN ops.payment_rule_changes.changed_at IS 'When.';
