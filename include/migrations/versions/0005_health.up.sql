-- What is watched, how fresh it is, what is wrong with it and whose fault that is. Every view is a
-- function of a moment, asked for now: so a year can be tried in an hour.

-- The same answers as before at a twentieth of the cost: health asks it of every row of a table that
-- has no index on its date.
CREATE OR REPLACE FUNCTION ops.read_date(raw text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $function$
DECLARE
    part text[] := regexp_match(
        btrim(raw, E' \t\r\n'),
        '^(?:([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}))$'
    );
    year_no integer := coalesce(part[3], part[4]);
    month_no integer := coalesce(part[2], part[5]);
    day_no integer := coalesce(part[1], part[6]);
BEGIN
    IF
        part IS NULL
        OR year_no < 1900
        OR month_no NOT BETWEEN 1 AND 12
        OR day_no < 1
        OR (
            day_no > 28
            AND day_no > date_part(
                'day', make_date(year_no, month_no, 1) + interval '1 month' - interval '1 day'
            )
        )
    THEN
        RETURN NULL;
    END IF;
    RETURN make_date(year_no, month_no, day_no);
END
$function$;

-- The catalogue: brought here from include/sources.yml by every migration and every run ----------

CREATE TABLE ops.data_sources (
    source_name varchar NOT NULL,
    schema_name varchar NOT NULL,
    object_name varchar NOT NULL,
    source_type varchar NOT NULL,
    description text NOT NULL,
    position_no integer NOT NULL,
    business_at_expr text NOT NULL,
    ingestion_at_expr text NOT NULL,
    row_condition text,
    shape_sql text,
    is_shape_read boolean NOT NULL DEFAULT false,
    is_lead_source boolean NOT NULL DEFAULT false,
    is_critical boolean NOT NULL DEFAULT false,
    calendar varchar,
    quiet_days integer NOT NULL,
    stale_hours numeric NOT NULL,
    quiet_hours numeric NOT NULL,
    business_lag_days integer NOT NULL,
    CONSTRAINT data_sources_pk PRIMARY KEY (source_name),
    CONSTRAINT data_sources_type_ck CHECK (
        source_type IN ('activity', 'ledger', 'ct_ingest', 'master', 'pipeline')
    )
);
COMMENT ON TABLE ops.data_sources IS 'One row per watched table, as include/sources.yml declares it; whoever may write here may have any expression run, so only the owner may.';
COMMENT ON COLUMN ops.data_sources.source_name IS 'Name of the table, as every health view says it.';
COMMENT ON COLUMN ops.data_sources.schema_name IS 'Schema of the table.';
COMMENT ON COLUMN ops.data_sources.object_name IS 'The table or view.';
COMMENT ON COLUMN ops.data_sources.source_type IS 'Which rules judge it: activity, ledger, ct_ingest, master or pipeline.';
COMMENT ON COLUMN ops.data_sources.description IS 'What a row is, for people.';
COMMENT ON COLUMN ops.data_sources.position_no IS 'Order on the page, from 1.';
COMMENT ON COLUMN ops.data_sources.business_at_expr IS 'When what a row tells of happened: an expression of date or timestamp over its columns; naive ones are local.';
COMMENT ON COLUMN ops.data_sources.ingestion_at_expr IS 'When the row landed: the same.';
COMMENT ON COLUMN ops.data_sources.row_condition IS 'Which rows count; NULL for all.';
COMMENT ON COLUMN ops.data_sources.shape_sql IS 'Of a lead source: the SELECT that makes raw_id, event_at and landed_at of its rows.';
COMMENT ON COLUMN ops.data_sources.is_shape_read IS 'Whether the expressions are over the columns of shape_sql instead of the table''s.';
COMMENT ON COLUMN ops.data_sources.is_lead_source IS 'Whether its rows become lead events.';
COMMENT ON COLUMN ops.data_sources.is_critical IS 'Whether the DAG''s last task fails while it is RED.';
COMMENT ON COLUMN ops.data_sources.calendar IS 'Which calendar says when nothing is to be expected; NULL: every day counts.';
COMMENT ON COLUMN ops.data_sources.quiet_days IS 'RED when none of the last so many days, today included, brought a row.';
COMMENT ON COLUMN ops.data_sources.stale_hours IS 'RED when the last row landed more hours ago.';
COMMENT ON COLUMN ops.data_sources.quiet_hours IS 'YELLOW when today brought no row and the last one landed more hours ago.';
COMMENT ON COLUMN ops.data_sources.business_lag_days IS 'YELLOW when the newest business date is so many days old or older.';

CREATE TABLE ops.calendars (
    calendar varchar NOT NULL,
    idle_weekdays integer[] NOT NULL,
    idle_dates date[] NOT NULL,
    CONSTRAINT calendars_pk PRIMARY KEY (calendar)
);
COMMENT ON TABLE ops.calendars IS 'One row per calendar: days on which a source is not expected to bring anything.';
COMMENT ON COLUMN ops.calendars.calendar IS 'Name, as include/sources.yml uses it.';
COMMENT ON COLUMN ops.calendars.idle_weekdays IS 'Days of each week, 1 is Monday and 7 Sunday.';
COMMENT ON COLUMN ops.calendars.idle_dates IS 'Single days, such as holidays.';

CREATE TABLE ops.monitor_settings (
    is_only boolean NOT NULL DEFAULT true,
    time_zone varchar NOT NULL,
    language varchar NOT NULL,
    schedule_hours numeric NOT NULL,
    CONSTRAINT monitor_settings_pk PRIMARY KEY (is_only),
    CONSTRAINT monitor_settings_is_only_ck CHECK (is_only)
);
COMMENT ON TABLE ops.monitor_settings IS 'One row: what the health views need of the settings.';
COMMENT ON COLUMN ops.monitor_settings.is_only IS 'True: there is one row.';
COMMENT ON COLUMN ops.monitor_settings.time_zone IS 'Zone of naive timestamps and of every day.';
COMMENT ON COLUMN ops.monitor_settings.language IS 'Language of the column action: es or en.';
COMMENT ON COLUMN ops.monitor_settings.schedule_hours IS 'Hours between two scheduled runs.';

CREATE TABLE ops.verdict_texts (
    verdict varchar NOT NULL,
    language varchar NOT NULL,
    sentence text NOT NULL,
    action text NOT NULL,
    CONSTRAINT verdict_texts_pk PRIMARY KEY (verdict, language)
);
COMMENT ON TABLE ops.verdict_texts IS 'One row per verdict and language: what it means and what to do, with names in braces for the facts.';
COMMENT ON COLUMN ops.verdict_texts.verdict IS 'A value of diagnosis.';
COMMENT ON COLUMN ops.verdict_texts.language IS 'es or en.';
COMMENT ON COLUMN ops.verdict_texts.sentence IS 'What is wrong, and whose fault it is.';
COMMENT ON COLUMN ops.verdict_texts.action IS 'The exact next step.';

CREATE TABLE ops.airflow_state (
    is_only boolean NOT NULL DEFAULT true,
    observed_at timestamptz NOT NULL,
    is_paused boolean,
    is_scheduler_alive boolean,
    running_count integer,
    queued_count integer,
    next_run_at timestamptz,
    CONSTRAINT airflow_state_pk PRIMARY KEY (is_only),
    CONSTRAINT airflow_state_is_only_ck CHECK (is_only)
);
COMMENT ON TABLE ops.airflow_state IS 'At most one row: what Airflow last said of itself and of the DAG, to whoever asked; the database cannot ask.';
COMMENT ON COLUMN ops.airflow_state.is_only IS 'True: there is one row.';
COMMENT ON COLUMN ops.airflow_state.observed_at IS 'When that was.';
COMMENT ON COLUMN ops.airflow_state.is_paused IS 'Whether the DAG is paused; NULL when unknown.';
COMMENT ON COLUMN ops.airflow_state.is_scheduler_alive IS 'Whether the scheduler is; NULL when unknown.';
COMMENT ON COLUMN ops.airflow_state.running_count IS 'Runs at work; NULL when unknown.';
COMMENT ON COLUMN ops.airflow_state.queued_count IS 'Runs that wait for their turn; NULL when unknown.';
COMMENT ON COLUMN ops.airflow_state.next_run_at IS 'When the next scheduled run is due; NULL when unknown.';

INSERT INTO ops.monitor_settings (time_zone, language, schedule_hours)
VALUES ('America/Lima', 'es', 6);

-- The newest of each, and the rows of a day, without a look at the others.
CREATE INDEX lead_events_created_at_idx ON observational.lead_events (created_at);
CREATE INDEX lead_events_event_date_idx ON observational.lead_events (event_date);
CREATE INDEX ingestion_runs_completed_at_idx ON ops.ingestion_runs (completed_at);

CREATE VIEW ops.v_data_sources_catalog AS
SELECT
    source.source_name,
    source.schema_name,
    source.object_name,
    source.source_type,
    '(' || source.business_at_expr || ')::date' AS business_date_expr,
    source.ingestion_at_expr AS ingestion_ts_expr,
    source.description,
    source.is_lead_source,
    source.is_critical,
    source.calendar
FROM ops.data_sources AS source
ORDER BY source.position_no;
COMMENT ON VIEW ops.v_data_sources_catalog IS 'One row per watched table: what it is and how its dates are read.';

-- Days on which nothing is expected ---------------------------------------------------------------

CREATE FUNCTION ops.is_idle(calendar_name varchar, day_on date) RETURNS boolean
LANGUAGE sql STABLE
AS $function$
SELECT EXISTS (
    SELECT 1
    FROM ops.calendars AS calendar
    WHERE
        calendar.calendar = calendar_name
        AND (
            date_part('isodow', day_on) = ANY (calendar.idle_weekdays)
            OR day_on = ANY (calendar.idle_dates)
        )
)
$function$;
COMMENT ON FUNCTION ops.is_idle IS 'Whether nothing is to be expected on a day; never, without a calendar.';

CREATE FUNCTION ops.working_days_back(
    calendar_name varchar, day_on date, day_count integer
)
RETURNS date
LANGUAGE sql STABLE
AS $function$
SELECT CASE
    WHEN calendar_name IS NULL THEN day_on - (day_count - 1)
    ELSE coalesce(
        (
            SELECT past.day_on::date
            -- Nobody rests for two months on end.
            FROM generate_series(day_on - 60, day_on, interval '1 day') AS past (day_on)
            WHERE NOT ops.is_idle(calendar_name, past.day_on::date)
            ORDER BY past.day_on DESC
            OFFSET day_count - 1
            LIMIT 1
        ),
        day_on - 60
    )
END
$function$;
COMMENT ON FUNCTION ops.working_days_back IS 'The earliest of the last so many days on which something is to be expected, up to a day.';

CREATE FUNCTION ops.working_days_between(
    calendar_name varchar, first_on date, last_on date
)
RETURNS integer
LANGUAGE sql STABLE
AS $function$
SELECT CASE
    WHEN first_on >= last_on THEN 0
    -- Beyond a year nobody counts holidays any more.
    WHEN calendar_name IS NULL OR last_on - first_on > 366 THEN last_on - first_on
    ELSE (
        SELECT count(*)::integer
        FROM generate_series(first_on + 1, last_on, interval '1 day') AS later (day_on)
        WHERE NOT ops.is_idle(calendar_name, later.day_on::date)
    )
END
$function$;
COMMENT ON FUNCTION ops.working_days_between IS 'Days after the first, up to the last, on which something is to be expected.';

CREATE FUNCTION ops.working_time(
    calendar_name varchar, from_at timestamptz, to_at timestamptz, zone varchar
) RETURNS interval
LANGUAGE sql STABLE
AS $function$
SELECT (to_at - from_at) - CASE
    WHEN calendar_name IS NULL OR to_at - from_at > interval '366 days' THEN interval '0'
    ELSE coalesce(
        (
            SELECT sum(
                least(to_at, (idle.day_on + interval '1 day') AT TIME ZONE zone)
                - greatest(from_at, idle.day_on AT TIME ZONE zone)
            )
            FROM generate_series(
                date_trunc('day', from_at AT TIME ZONE zone),
                date_trunc('day', to_at AT TIME ZONE zone),
                interval '1 day'
            ) AS idle (day_on)
            WHERE ops.is_idle(calendar_name, idle.day_on::date)
        ),
        interval '0'
    )
END
$function$;
COMMENT ON FUNCTION ops.working_time IS 'How long it is between two moments, days on which nothing is expected left out.';

-- Probes: what the watched tables themselves say ---------------------------------------------------

CREATE FUNCTION ops.watched_rows(source ops.data_sources) RETURNS text
LANGUAGE sql IMMUTABLE
AS $function$
SELECT CASE
    WHEN source.is_shape_read THEN format('(%%s) AS shaped', source.shape_sql)
    ELSE format('%%I.%%I', source.schema_name, source.object_name)
END
$function$;
COMMENT ON FUNCTION ops.watched_rows IS 'What to write after FROM, so that the expressions of a watched table have their columns.';

CREATE FUNCTION ops.probe_sources(at timestamptz)
RETURNS TABLE (
    source_name varchar,
    is_missing boolean,
    probe_error varchar,
    has_rows boolean,
    max_business_date date,
    max_ingestion_ts timestamptz,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    rows_in_future bigint
)
LANGUAGE plpgsql
-- As the owner: who may read the views need not read the tables.
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- For the scope of this function only, and at once replaced by the local zone.
SET timezone = 'UTC'
AS $function$
DECLARE
    source ops.data_sources;
    relation text;
    today date;
    -- The first moment that cannot be true: after tomorrow.
    beyond timestamptz;
    plan json;
BEGIN
    PERFORM set_config('TimeZone', setting.time_zone, true) FROM ops.monitor_settings AS setting;
    today := at::date;
    beyond := (today + 2)::timestamptz;
    FOR source IN SELECT * FROM ops.data_sources AS known ORDER BY known.position_no LOOP
        source_name := source.source_name;
        is_missing := to_regclass(format('%%I.%%I', source.schema_name, source.object_name)) IS NULL;
        probe_error := NULL;
        has_rows := NULL;
        max_business_date := NULL;
        max_ingestion_ts := NULL;
        rows_business_yesterday := 0;
        rows_business_today := 0;
        rows_ingested_yesterday := 0;
        rows_ingested_today := 0;
        rows_in_future := 0;
        IF NOT is_missing THEN
            relation := ops.watched_rows(source);
            BEGIN
                EXECUTE format(
                    $plan$
                    EXPLAIN (FORMAT JSON)
                    SELECT 1 FROM %%1$s WHERE %%4$s AND %%2$s >= %%5$L::date AND %%2$s < %%5$L::date + 1
                    UNION ALL
                    SELECT 1 FROM %%1$s WHERE %%4$s AND %%3$s >= %%5$L::date AND %%3$s < %%5$L::date + 1
                    $plan$,
                    relation,
                    '(' || source.business_at_expr || ')',
                    '(' || source.ingestion_at_expr || ')',
                    '(' || coalesce(source.row_condition, 'true') || ')',
                    today
                ) INTO plan;
                -- With indexes each answer is looked up. Without, all come from one pass, which
                -- works out both dates of a row once.
                EXECUTE format(
                    CASE WHEN plan::text LIKE '%%Seq Scan%%' THEN
                    $probe$
                    SELECT
                        count(*) > 0,
                        max(seen.business_at) FILTER (WHERE seen.business_at < $2)
                        ::timestamptz::date,
                        max(seen.ingestion_at) FILTER (WHERE seen.ingestion_at < $2)::timestamptz,
                        count(*) FILTER (
                            WHERE seen.business_at >= $1 - 1 AND seen.business_at < $1
                        ),
                        count(*) FILTER (
                            WHERE seen.business_at >= $1 AND seen.business_at < $1 + 1
                        ),
                        count(*) FILTER (
                            WHERE seen.ingestion_at >= $1 - 1 AND seen.ingestion_at < $1
                        ),
                        count(*) FILTER (
                            WHERE seen.ingestion_at >= $1 AND seen.ingestion_at < $1 + 1
                        ),
                        count(*) FILTER (
                            WHERE seen.business_at >= $2 OR seen.ingestion_at >= $2
                        )
                    FROM (
                        SELECT %%2$s AS business_at, %%3$s AS ingestion_at
                        FROM %%1$s
                        WHERE %%4$s
                        OFFSET 0
                    ) AS seen
                    $probe$
                    ELSE
                    -- The newest of a few days first: an index on source and date is enough then.
                    $probe$
                    SELECT
                        (
                            SELECT true FROM %%1$s WHERE %%4$s LIMIT 1
                        ),
                        coalesce(
                            (
                                SELECT max(%%2$s) FROM %%1$s
                                WHERE %%4$s AND %%2$s >= $1 - 7 AND %%2$s < $2
                            ),
                            (SELECT max(%%2$s) FROM %%1$s WHERE %%4$s AND %%2$s < $2)
                        )::timestamptz::date,
                        (SELECT max(%%3$s) FROM %%1$s WHERE %%4$s AND %%3$s < $2)::timestamptz,
                        (SELECT count(*) FROM %%1$s WHERE %%4$s AND %%2$s >= $1 - 1 AND %%2$s < $1),
                        (SELECT count(*) FROM %%1$s WHERE %%4$s AND %%2$s >= $1 AND %%2$s < $1 + 1),
                        (SELECT count(*) FROM %%1$s WHERE %%4$s AND %%3$s >= $1 - 1 AND %%3$s < $1),
                        (SELECT count(*) FROM %%1$s WHERE %%4$s AND %%3$s >= $1 AND %%3$s < $1 + 1),
                        (SELECT count(*) FROM %%1$s WHERE %%4$s AND (%%2$s >= $2 OR %%3$s >= $2))
                    $probe$
                    END,
                    relation,
                    '(' || source.business_at_expr || ')',
                    '(' || source.ingestion_at_expr || ')',
                    '(' || coalesce(source.row_condition, 'true') || ')'
                )
                INTO
                    has_rows,
                    max_business_date,
                    max_ingestion_ts,
                    rows_business_yesterday,
                    rows_business_today,
                    rows_ingested_yesterday,
                    rows_ingested_today,
                    rows_in_future
                USING today, beyond;
                has_rows := coalesce(has_rows, false);
            EXCEPTION
                -- One table that cannot be read keeps no other from its row. Only the kind of error
                -- is told: the text may quote a value.
                WHEN OTHERS THEN
                    probe_error := SQLSTATE;
            END;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION ops.probe_sources IS 'One row per watched table, as it stands, judged at a moment: newest dates and counts of two days. Cost follows those days where the dates are indexed.';

CREATE FUNCTION ops.data_freshness(at timestamptz)
RETURNS TABLE (
    source_name varchar,
    max_business_date date,
    business_days_lag integer,
    max_ingestion_ts timestamptz,
    ingestion_lag_interval interval,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    rows_in_future bigint,
    is_missing boolean,
    probe_error varchar,
    has_rows boolean
)
LANGUAGE sql STABLE
AS $function$
SELECT
    probe.source_name,
    probe.max_business_date,
    CASE
        WHEN probe.max_business_date IS NOT NULL
            THEN ops.working_days_between(
                source.calendar,
                probe.max_business_date,
                (at AT TIME ZONE setting.time_zone)::date
            )
    END AS business_days_lag,
    probe.max_ingestion_ts,
    at - probe.max_ingestion_ts AS ingestion_lag_interval,
    probe.rows_business_yesterday,
    probe.rows_business_today,
    probe.rows_ingested_yesterday,
    probe.rows_ingested_today,
    probe.rows_in_future,
    probe.is_missing,
    probe.probe_error,
    probe.has_rows
FROM ops.probe_sources(at) AS probe
INNER JOIN ops.data_sources AS source ON probe.source_name = source.source_name
CROSS JOIN ops.monitor_settings AS setting
$function$;
COMMENT ON FUNCTION ops.data_freshness IS 'One row per watched table: how old its newest rows are at a moment.';

CREATE VIEW ops.v_data_freshness_status AS
SELECT
    fresh.source_name,
    fresh.max_business_date,
    fresh.business_days_lag,
    fresh.max_ingestion_ts,
    fresh.ingestion_lag_interval,
    fresh.rows_business_yesterday,
    fresh.rows_business_today,
    fresh.rows_ingested_yesterday,
    fresh.rows_ingested_today,
    fresh.rows_in_future,
    fresh.is_missing,
    fresh.probe_error
FROM ops.data_freshness(clock_timestamp()) AS fresh;
COMMENT ON VIEW ops.v_data_freshness_status IS 'One row per watched table, missing ones too: how old its newest rows are now. Days are local; dates after tomorrow only count in rows_in_future.';

CREATE FUNCTION ops.data_daily(at timestamptz, day_count integer)
RETURNS TABLE (
    source_name varchar, metric_type varchar, metric_date date, rows_count bigint
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $function$
DECLARE
    source ops.data_sources;
    relation text;
    today date;
    metric record;
    plan json;
BEGIN
    PERFORM set_config('TimeZone', setting.time_zone, true) FROM ops.monitor_settings AS setting;
    today := at::date;
    FOR source IN SELECT * FROM ops.data_sources AS known ORDER BY known.position_no LOOP
        CONTINUE WHEN to_regclass(format('%%I.%%I', source.schema_name, source.object_name)) IS NULL;
        relation := ops.watched_rows(source);
        FOR metric IN
            SELECT * FROM (
                VALUES
                ('business', source.business_at_expr),
                ('ingestion', source.ingestion_at_expr)
            ) AS both_of_them (metric_type, expression)
        LOOP
            BEGIN
                EXECUTE format(
                    $plan$
                    EXPLAIN (FORMAT JSON)
                    SELECT count(*) FROM %%1$s
                    WHERE (%%3$s) AND (%%2$s) >= %%4$L::date - 1 AND (%%2$s) < %%4$L::date
                    $plan$,
                    relation,
                    metric.expression,
                    coalesce(source.row_condition, 'true'),
                    today
                ) INTO plan;
                -- With an index each day is counted there, and no row is looked at. Without one,
                -- all days in one pass.
                RETURN QUERY EXECUTE format(
                    CASE WHEN plan::text LIKE '%%Seq Scan%%' THEN
                    $daily$
                    SELECT $1::varchar, $2::varchar, day.day_on::date, coalesce(counted.row_count, 0)
                    FROM generate_series($3 - ($4 - 1), $3, interval '1 day') AS day (day_on)
                    LEFT JOIN (
                        SELECT (%%2$s)::timestamptz::date AS day_on, count(*) AS row_count
                        FROM %%1$s
                        WHERE (%%3$s) AND (%%2$s) >= $3 - ($4 - 1) AND (%%2$s) < $3 + 1
                        GROUP BY 1
                    ) AS counted ON day.day_on::date = counted.day_on
                    $daily$
                    ELSE
                    $daily$
                    SELECT $1::varchar, $2::varchar, day.day_on::date, counted.row_count
                    FROM generate_series($3 - ($4 - 1), $3, interval '1 day') AS day (day_on)
                    CROSS JOIN LATERAL (
                        SELECT count(*) AS row_count
                        FROM %%1$s
                        WHERE
                            (%%3$s)
                            AND (%%2$s) >= day.day_on::date
                            AND (%%2$s) < day.day_on::date + 1
                    ) AS counted
                    $daily$
                    END,
                    relation,
                    metric.expression,
                    coalesce(source.row_condition, 'true')
                )
                USING source.source_name, metric.metric_type, today, day_count;
            EXCEPTION
                -- The freshness view says that it cannot be read; here it has no counts.
                WHEN OTHERS THEN
                    NULL;
            END;
        END LOOP;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION ops.data_daily IS 'One row per watched table, kind of date and local day, days without rows too: how many rows.';

CREATE VIEW ops.v_data_ingestion_daily AS
SELECT
    daily.source_name,
    daily.metric_type,
    daily.metric_date,
    daily.rows_count
FROM ops.data_daily(clock_timestamp(), 90) AS daily;
COMMENT ON VIEW ops.v_data_ingestion_daily IS 'Rows per watched table and local day of the last 90, by business date and by landing; a table that cannot be read has none.';

-- How far the pipeline is with each lead source ----------------------------------------------------

CREATE FUNCTION ops.lead_progress(at timestamptz)
RETURNS TABLE (
    source_name varchar,
    newest_event_on date,
    newest_event_at timestamptz,
    covered_until timestamptz,
    waiting_count bigint,
    waiting_from date,
    waiting_to date,
    newer_reject_count bigint,
    newer_reject_reason varchar
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
-- Each source and moment gets a plan of its own: what suits one is a look at all rows of another.
SET plan_cache_mode = 'force_custom_plan'
AS $function$
DECLARE
    source record;
    seen_until timestamptz;
    beyond timestamptz;
BEGIN
    PERFORM set_config('TimeZone', setting.time_zone, true) FROM ops.monitor_settings AS setting;
    beyond := (at::date + 2)::timestamptz;
    FOR source IN
        SELECT * FROM ops.data_sources AS known
        WHERE known.is_lead_source
        ORDER BY known.position_no
    LOOP
        source_name := source.source_name;
        SELECT max(event.event_date) INTO newest_event_on
        FROM observational.lead_events AS event
        WHERE event.source_table = source.source_name AND event.event_date < beyond;
        -- The newest arrivals tell of the newest days, but for a few that came late.
        SELECT max(event.created_at) INTO newest_event_at
        FROM observational.lead_events AS event
        WHERE event.source_table = source.source_name AND event.event_date >= newest_event_on - 2;
        SELECT max(upper(coverage.covered)) INTO covered_until
        FROM ops.source_coverage AS coverage
        WHERE coverage.source_table = source.source_name;
        SELECT greatest(state.read_at, newest_event_at) INTO seen_until
        FROM (VALUES (source.source_name)) AS this (source_table)
        LEFT JOIN ops.source_state AS state ON this.source_table = state.source_table;
        SELECT count(*), mode() WITHIN GROUP (ORDER BY reject.reason_code)
        INTO newer_reject_count, newer_reject_reason
        FROM ops.ingestion_rejects AS reject
        WHERE
            reject.source_table = source.source_name
            AND reject.resolved_at IS NULL
            AND (
                newest_event_at IS NULL
                OR reject.first_seen_at > newest_event_at
                OR reject.slot_on > newest_event_on
            );
        waiting_count := 0;
        waiting_from := NULL;
        waiting_to := NULL;
        IF to_regclass(format('%%I.%%I', source.schema_name, source.object_name)) IS NOT NULL THEN
            BEGIN
                -- Raw rows that are newer than what was read and have neither event nor reject. A
                -- thousand are enough to know.
                EXECUTE format(
                    $waiting$
                    SELECT
                        count(*),
                        min(waiting.event_at) FILTER (WHERE waiting.event_at < $5)::timestamptz::date,
                        max(waiting.event_at) FILTER (WHERE waiting.event_at < $5)::timestamptz::date
                    FROM (
                        SELECT shaped.event_at
                        FROM (%%1$s) AS shaped
                        WHERE
                            -- Each half has an index of its own.
                            (
                                ($2 IS NULL OR shaped.event_at >= $2 + 1) AND shaped.event_at < $5
                                OR shaped.landed_at > $3 AND shaped.landed_at <= $4
                            )
                            AND NOT EXISTS (
                                SELECT 1 FROM observational.lead_events AS event
                                WHERE
                                    event.source_table = $1
                                    AND event.raw_pk = shaped.raw_id::text
                            )
                            AND NOT EXISTS (
                                SELECT 1 FROM ops.ingestion_rejects AS reject
                                WHERE
                                    reject.source_table = $1
                                    AND reject.raw_pk = shaped.raw_id::text
                                    AND reject.resolved_at IS NULL
                            )
                        LIMIT 1000
                    ) AS waiting
                    $waiting$,
                    source.shape_sql
                )
                INTO waiting_count, waiting_from, waiting_to
                USING source.source_name, newest_event_on, seen_until, at, beyond;
            EXCEPTION
                -- The probe says that the table cannot be read.
                WHEN OTHERS THEN
                    NULL;
            END;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION ops.lead_progress IS 'One row per lead source: its newest event, how far it is covered, and what is newer: raw rows that wait (a thousand at most), rejects.';

CREATE FUNCTION ops.is_run_of(run ops.ingestion_runs, source_name varchar)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $function$
SELECT source_name IS NULL OR (run.source_table = source_name AND run.job_type = 'lead_ingestion')
$function$;
COMMENT ON FUNCTION ops.is_run_of IS 'Whether a run loads a source; with NULL, every run counts.';

CREATE FUNCTION ops.run_progress(at timestamptz)
RETURNS TABLE (
    source_table varchar,
    last_run_id bigint,
    last_status varchar,
    last_error text,
    last_task_id varchar,
    last_dag_run_id varchar,
    last_ended_at timestamptz,
    last_scope_from date,
    last_scope_to date,
    last_completed_at timestamptz,
    failing_since timestamptz,
    is_running boolean,
    is_catching_up boolean
)
LANGUAGE sql STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
WITH
-- Of each lead source, and, with NULL, of all jobs together.
asked AS (
    SELECT source.source_name AS asked_for
    FROM ops.data_sources AS source
    WHERE source.is_lead_source
    UNION ALL
    SELECT NULL::varchar AS asked_for
)

SELECT
    asked.asked_for AS source_table,
    last_run.id AS last_run_id,
    last_run.status AS last_status,
    last_run.error_message AS last_error,
    last_run.task_id AS last_task_id,
    last_run.dag_run_id AS last_dag_run_id,
    last_run.completed_at AS last_ended_at,
    last_run.scope_date_from AS last_scope_from,
    last_run.scope_date_to AS last_scope_to,
    completed.completed_at AS last_completed_at,
    failing.completed_at AS failing_since,
    running.id IS NOT NULL AS is_running,
    coalesce(
        -- The last one ended just now, and its window lies well behind.
        last_run.completed_at > at - interval '15 minutes'
        AND last_run.window_to < at - make_interval(secs => setting.schedule_hours * 2 * 3600),
        false
    )
    OR coalesce(
        airflow.observed_at BETWEEN at - interval '15 minutes' AND at
        AND airflow.running_count + airflow.queued_count > 0
        AND NOT airflow.is_paused,
        false
    ) AS is_catching_up
FROM asked
CROSS JOIN ops.monitor_settings AS setting
LEFT JOIN ops.airflow_state AS airflow ON true
LEFT JOIN LATERAL (
    SELECT run.*
    FROM ops.ingestion_runs AS run
    WHERE
        run.completed_at <= at
        AND ops.is_run_of(run, asked.asked_for)
    ORDER BY run.completed_at DESC, run.id DESC
    LIMIT 1
) AS last_run ON true
LEFT JOIN LATERAL (
    SELECT run.completed_at
    FROM ops.ingestion_runs AS run
    WHERE
        run.status = 'COMPLETED'
        AND run.completed_at <= at
        AND ops.is_run_of(run, asked.asked_for)
    ORDER BY run.completed_at DESC
    LIMIT 1
) AS completed ON true
LEFT JOIN LATERAL (
    SELECT run.completed_at
    FROM ops.ingestion_runs AS run
    WHERE
        last_run.status = 'FAILED'
        AND run.status = 'FAILED'
        AND run.completed_at <= at
        AND run.completed_at > coalesce(completed.completed_at, '-infinity')
        AND ops.is_run_of(run, asked.asked_for)
    ORDER BY run.completed_at
    LIMIT 1
) AS failing ON true
LEFT JOIN LATERAL (
    SELECT run.id
    FROM ops.ingestion_runs AS run
    WHERE
        run.status = 'RUNNING'
        AND run.started_at <= at
        AND ops.is_run_of(run, asked.asked_for)
        -- A worker whose session is gone runs no more, whatever its row says.
        AND (
            run.backend_pid IS NULL
            OR EXISTS (
                SELECT 1
                FROM pg_stat_get_activity(run.backend_pid) AS session
                WHERE
                    session.pid = run.backend_pid
                    AND coalesce(session.backend_start = run.backend_started_at, true)
            )
        )
    LIMIT 1
) AS running ON true
$function$;
COMMENT ON FUNCTION ops.run_progress IS 'One row per lead source, and one (source_table NULL) for all jobs: the last ended run, since when it fails, and whether one is at work.';

-- What is wrong, whose fault it is, what to do ------------------------------------------------------

CREATE FUNCTION ops.fill(template text, facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
AS $function$
WITH RECURSIVE
named AS (
    SELECT
        fact.key,
        fact.value,
        row_number() OVER (ORDER BY fact.key) AS fact_no
    FROM jsonb_each_text(facts) AS fact
),

filled AS (
    SELECT
        template AS told,
        0::bigint AS fact_no
    UNION ALL
    SELECT
        replace(filled.told, '{' || named.key || '}', coalesce(named.value, '–')),
        named.fact_no
    FROM filled
    INNER JOIN named ON named.fact_no = filled.fact_no + 1
)

-- What is unknown is a dash.
SELECT regexp_replace(filled.told, '[{][a-z_]+[}]', '–', 'g')
FROM filled
ORDER BY filled.fact_no DESC
LIMIT 1
$function$;
COMMENT ON FUNCTION ops.fill IS 'A text with each {name} replaced by that fact, or by a dash.';

CREATE FUNCTION ops.data_health(at timestamptz)
RETURNS TABLE (
    source_name varchar,
    source_type varchar,
    health_status varchar,
    level varchar,
    diagnosis varchar,
    action text,
    since_at timestamptz,
    max_business_date date,
    business_days_lag integer,
    max_ingestion_ts timestamptz,
    ingestion_lag_interval interval,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    rows_in_future bigint,
    is_lead_source boolean,
    is_critical boolean,
    is_overdue boolean,
    cause_key varchar,
    evidence jsonb
)
LANGUAGE sql STABLE
AS $function$
WITH
setting AS (
    SELECT
        only_one.*,
        (at AT TIME ZONE only_one.time_zone)::date AS today_on
    FROM ops.monitor_settings AS only_one
),

runs AS MATERIALIZED (
    SELECT progress.* FROM ops.run_progress(at) AS progress
),

leads AS MATERIALIZED (
    SELECT progress.* FROM ops.lead_progress(at) AS progress
),

measured AS MATERIALIZED (
    SELECT
        source.*,
        fresh.max_business_date,
        fresh.business_days_lag,
        fresh.max_ingestion_ts,
        fresh.ingestion_lag_interval,
        fresh.rows_business_yesterday,
        fresh.rows_business_today,
        fresh.rows_ingested_yesterday,
        fresh.rows_ingested_today,
        fresh.rows_in_future,
        fresh.is_missing,
        fresh.probe_error,
        fresh.has_rows,
        setting.today_on,
        setting.time_zone,
        setting.language,
        setting.schedule_hours,
        ops.working_time(
            source.calendar, fresh.max_ingestion_ts, at, setting.time_zone
        ) AS working_lag,
        ops.working_days_back(
            source.calendar, setting.today_on, source.quiet_days
        )::timestamp AT TIME ZONE setting.time_zone AS quiet_from
    FROM ops.data_freshness(at) AS fresh
    INNER JOIN ops.data_sources AS source ON fresh.source_name = source.source_name
    CROSS JOIN setting
),

judged AS (
    SELECT
        measured.*,
        all_runs.last_status AS any_last_status,
        CASE
            WHEN measured.is_missing THEN 'RED_MISSING_TABLE'
            WHEN measured.probe_error IS NOT NULL THEN 'RED_UNREADABLE'
            WHEN measured.source_type = 'master'
                THEN CASE WHEN measured.has_rows THEN 'GREEN_OK' ELSE 'RED_NO_DATA' END
            WHEN measured.source_type = 'pipeline'
                THEN CASE
                    WHEN measured.max_ingestion_ts IS NULL THEN 'RED_NO_DATA'
                    WHEN measured.working_lag > make_interval(secs => measured.stale_hours * 3600)
                        THEN 'RED_INGESTION_STALE'
                    WHEN all_runs.last_status = 'FAILED' THEN 'YELLOW_LAST_RUN_FAILED'
                    ELSE 'GREEN_OK'
                END
            WHEN coalesce(measured.max_ingestion_ts < measured.quiet_from, true)
                THEN 'RED_NO_INGESTION_2D'
            WHEN measured.working_lag > make_interval(secs => measured.stale_hours * 3600)
                THEN 'RED_INGESTION_STALE'
            WHEN
                measured.rows_ingested_today = 0
                AND measured.working_lag > make_interval(secs => measured.quiet_hours * 3600)
                THEN 'YELLOW_INGESTION_1D'
            -- Rows without one usable date are no sign of health.
            WHEN coalesce(measured.business_days_lag >= measured.business_lag_days, true)
                THEN 'YELLOW_BUSINESS_LAG'
            ELSE 'GREEN_OK'
        END AS health_status
    FROM measured
    LEFT JOIN runs AS all_runs ON all_runs.source_table IS NULL
),

-- Why each lead source is as it is, whether or not it is well.
blamed AS (
    SELECT
        judged.source_name,
        leads.newest_event_on,
        leads.newest_event_at,
        leads.covered_until,
        leads.waiting_count,
        leads.waiting_from,
        leads.newer_reject_count,
        leads.newer_reject_reason,
        runs.last_run_id,
        runs.last_error,
        runs.last_task_id,
        runs.last_dag_run_id,
        runs.last_scope_from,
        runs.last_scope_to,
        runs.last_ended_at,
        runs.last_completed_at,
        runs.failing_since,
        CASE
            WHEN runs.last_status = 'FAILED' THEN 1
            WHEN judged.is_missing OR judged.probe_error IS NOT NULL THEN 6
            WHEN leads.waiting_count > 0 AND NOT (runs.is_running OR runs.is_catching_up) THEN 2
            WHEN
                (runs.is_running OR runs.is_catching_up)
                AND (
                    leads.waiting_count > 0
                    OR coalesce(
                        leads.covered_until
                        < at - make_interval(secs => judged.schedule_hours * 2 * 3600),
                        true
                    )
                )
                THEN 3
            WHEN leads.newer_reject_count > 0 THEN 4
            ELSE 5
        END AS cause_no
    FROM judged
    INNER JOIN leads ON judged.source_name = leads.source_name
    INNER JOIN runs ON judged.source_name = runs.source_table
),

-- Of lead_events: the first cause that applies to any of them.
worst AS (
    SELECT
        blamed.*,
        string_agg(judged.schema_name || '.' || judged.object_name, ', ')
            OVER (PARTITION BY blamed.cause_no)
            AS cause_tables,
        bool_or(starts_with(judged.health_status, 'RED')) OVER () AS is_source_red,
        first_value(blamed.source_name) OVER (
            ORDER BY starts_with(judged.health_status, 'RED') DESC, judged.position_no
        ) AS first_red_source
    FROM blamed
    INNER JOIN judged ON blamed.source_name = judged.source_name
    ORDER BY
        blamed.cause_no,
        judged.position_no
    LIMIT 1
),

diagnosed AS (
    SELECT
        judged.*,
        split_part(judged.health_status, '_', 1) AS level,
        cause.source_name AS cause_source,
        coalesce(worst.cause_tables, judged.schema_name || '.' || judged.object_name) AS cause_table,
        CASE WHEN worst.is_source_red THEN worst.first_red_source END AS first_red_source,
        cause.waiting_count,
        cause.newer_reject_count,
        cause.newer_reject_reason,
        cause.newest_event_on,
        cause.covered_until,
        cause.waiting_from,
        coalesce(cause.last_run_id, any_run.last_run_id) AS last_run_id,
        coalesce(cause.last_error, any_run.last_error) AS last_error,
        coalesce(cause.last_task_id, any_run.last_task_id) AS last_task_id,
        coalesce(cause.last_dag_run_id, any_run.last_dag_run_id) AS last_dag_run_id,
        coalesce(cause.last_scope_from, any_run.last_scope_from) AS last_scope_from,
        coalesce(cause.last_scope_to, any_run.last_scope_to) AS last_scope_to,
        coalesce(cause.last_completed_at, any_run.last_completed_at) AS last_completed_at,
        coalesce(cause.failing_since, any_run.failing_since) AS failing_since,
        airflow.is_paused,
        airflow.is_scheduler_alive,
        airflow.next_run_at,
        CASE
            WHEN judged.health_status = 'GREEN_OK' THEN NULL
            WHEN cause.cause_no = 1 THEN 'RUN_FAILED'
            WHEN cause.cause_no = 2 THEN 'PIPELINE_NOT_RUN'
            WHEN cause.cause_no = 3 THEN 'BACKLOG'
            WHEN cause.cause_no = 4 THEN 'REJECTED'
            WHEN judged.is_missing OR judged.probe_error IS NOT NULL OR cause.cause_no = 6
                THEN CASE
                    WHEN judged.probe_error IS NOT NULL THEN 'SOURCE_UNREADABLE'
                    ELSE 'SOURCE_MISSING'
                END
            WHEN judged.source_type = 'pipeline'
                THEN CASE
                    WHEN judged.health_status = 'YELLOW_LAST_RUN_FAILED' THEN 'RUN_FAILED'
                    WHEN any_run.is_running OR any_run.is_catching_up THEN 'BACKLOG'
                    WHEN any_run.last_status = 'FAILED' THEN 'RUN_FAILED'
                    ELSE 'PIPELINE_NOT_RUN'
                END
            ELSE 'UPSTREAM_STALE'
        END AS diagnosis,
        coalesce(
            any_run.last_completed_at
            < at - make_interval(secs => (judged.schedule_hours + 3) * 3600),
            true
        )
        AND NOT coalesce(any_run.is_running OR any_run.is_catching_up, false) AS is_overdue
    FROM judged
    LEFT JOIN blamed AS own ON judged.source_name = own.source_name
    LEFT JOIN worst
        ON
            judged.source_name = 'lead_events'
            AND NOT judged.is_missing
    -- One of the two, or neither.
    LEFT JOIN LATERAL (
        SELECT own.* WHERE own.source_name IS NOT NULL
        UNION ALL
        SELECT blamed.*
        FROM blamed
        WHERE blamed.source_name = worst.source_name
    ) AS cause ON true
    LEFT JOIN runs AS any_run ON any_run.source_table IS NULL
    LEFT JOIN ops.airflow_state AS airflow
        ON airflow.observed_at BETWEEN at - interval '15 minutes' AND at
),

told AS (
    SELECT
        diagnosed.*,
        jsonb_strip_nulls(jsonb_build_object(
            'source', diagnosed.source_name,
            'table', diagnosed.schema_name || '.' || diagnosed.object_name,
            'cause_table', diagnosed.cause_table,
            'cause_source', coalesce(diagnosed.cause_source, diagnosed.source_name),
            'max_business_date', diagnosed.max_business_date,
            'last_ingestion', to_char(
                diagnosed.max_ingestion_ts AT TIME ZONE diagnosed.time_zone, 'YYYY-MM-DD HH24:MI'
            ),
            'probe_error', diagnosed.probe_error,
            'waiting', diagnosed.waiting_count,
            'rejected', diagnosed.newer_reject_count,
            'reject_reason', diagnosed.newer_reject_reason,
            'newest_event_date', diagnosed.newest_event_on,
            'run_id', diagnosed.last_run_id,
            'task_id', diagnosed.last_task_id,
            'dag_run_id', diagnosed.last_dag_run_id,
            'error', left(diagnosed.last_error, 600),
            'last_completed', to_char(
                diagnosed.last_completed_at AT TIME ZONE diagnosed.time_zone, 'YYYY-MM-DD HH24:MI'
            ),
            'is_paused', diagnosed.is_paused,
            'is_scheduler_alive', diagnosed.is_scheduler_alive,
            'next_run', to_char(
                diagnosed.next_run_at AT TIME ZONE diagnosed.time_zone, 'YYYY-MM-DD HH24:MI'
            ),
            -- The days to load by hand: those of the run that failed, else what nothing covers.
            'date_from', CASE
                WHEN diagnosed.diagnosis = 'RUN_FAILED' AND diagnosed.last_scope_from IS NOT NULL
                    THEN diagnosed.last_scope_from
                ELSE coalesce(
                    least(
                        (diagnosed.covered_until AT TIME ZONE diagnosed.time_zone)::date,
                        diagnosed.waiting_from
                    ),
                    diagnosed.max_business_date,
                    diagnosed.today_on
                )
            END,
            'date_to', CASE
                WHEN diagnosed.diagnosis = 'RUN_FAILED' AND diagnosed.last_scope_to IS NOT NULL
                    THEN diagnosed.last_scope_to
                ELSE diagnosed.today_on
            END
        )) AS evidence
    FROM diagnosed
)

SELECT
    told.source_name,
    told.source_type,
    told.health_status,
    told.level,
    told.diagnosis,
    CASE
        WHEN told.diagnosis IS NOT NULL
            THEN ops.fill(coalesce(verdict.action, told.diagnosis), told.evidence)
    END AS action,
    CASE
        WHEN told.diagnosis = 'RUN_FAILED' THEN told.failing_since
        WHEN told.diagnosis = 'PIPELINE_NOT_RUN' THEN told.last_completed_at
        -- Rows come, but of older days: since the first day that is missing.
        WHEN told.health_status = 'YELLOW_BUSINESS_LAG'
            THEN (told.max_business_date + 1)::timestamp AT TIME ZONE told.time_zone
        WHEN told.diagnosis IS NOT NULL THEN told.max_ingestion_ts
    END AS since_at,
    told.max_business_date,
    told.business_days_lag,
    told.max_ingestion_ts,
    told.ingestion_lag_interval,
    told.rows_business_yesterday,
    told.rows_business_today,
    told.rows_ingested_yesterday,
    told.rows_ingested_today,
    told.rows_in_future,
    told.is_lead_source,
    told.is_critical,
    told.is_overdue,
    -- What one incident is made of: everything with the same key is one problem.
    CASE told.diagnosis
        WHEN 'PIPELINE_NOT_RUN' THEN 'pipeline'
        WHEN 'RUN_FAILED'
            THEN CASE
                WHEN told.is_lead_source OR told.source_name = 'lead_events'
                    THEN 'source:' || coalesce(told.cause_source, told.source_name)
                WHEN starts_with(told.last_task_id, 'ingest.')
                    THEN 'source:' || substr(told.last_task_id, length('ingest.') + 1)
                ELSE 'task:' || coalesce(told.last_task_id, told.source_name)
            END
        WHEN 'REJECTED' THEN 'source:' || coalesce(told.cause_source, told.source_name)
        -- When leads end because sources do, it is theirs.
        WHEN 'UPSTREAM_STALE' THEN 'source:' || coalesce(told.first_red_source, told.source_name)
        WHEN 'SOURCE_MISSING' THEN 'source:' || coalesce(told.cause_source, told.source_name)
        WHEN 'SOURCE_UNREADABLE' THEN 'source:' || coalesce(told.cause_source, told.source_name)
    END AS cause_key,
    told.evidence
FROM told
LEFT JOIN ops.verdict_texts AS verdict
    ON
        told.diagnosis = verdict.verdict
        AND told.language = verdict.language
ORDER BY told.position_no
$function$;
COMMENT ON FUNCTION ops.data_health IS 'One row per watched table: level and status at a moment and, when not GREEN, the verdict (diagnosis), since when, what to do, and the facts behind it; cause_key joins what one problem broke.';

CREATE VIEW ops.v_data_health_status AS
SELECT
    health.source_name,
    health.max_business_date,
    health.business_days_lag,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.rows_business_yesterday,
    health.rows_business_today,
    health.rows_ingested_yesterday,
    health.rows_ingested_today,
    health.rows_in_future,
    health.source_type,
    health.health_status,
    health.level,
    health.diagnosis,
    health.action,
    health.since_at,
    health.is_critical,
    health.is_overdue,
    health.cause_key,
    health.evidence
FROM ops.data_health(clock_timestamp()) AS health;
COMMENT ON VIEW ops.v_data_health_status IS 'One row per watched table: is it well, if not whose fault it is, since when, and what to do. The first rule that applies counts; ops.data_health says the same of any moment.';

-- A column means the same in every view that shows it.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT
            shown.table_name,
            shown.column_name,
            meaning.comment
        FROM (
            VALUES
            ('source_name', 'Name of the watched table.'),
            ('schema_name', 'Schema of the table.'),
            ('object_name', 'The table or view.'),
            ('source_type', 'Which rules judge it: activity, ledger, ct_ingest, master or pipeline.'),
            ('business_date_expr', 'SQL over its columns: the local day that a row tells of.'),
            ('ingestion_ts_expr', 'SQL over its columns: when a row landed; naive times are local.'),
            ('description', 'What a row is, for people.'),
            ('is_lead_source', 'Whether its rows become lead events.'),
            ('is_critical', 'Whether the DAG''s last task fails while it is RED.'),
            ('calendar', 'Which calendar says when nothing is to be expected; NULL: every day counts.'),
            ('max_business_date', 'Newest day that a row tells of, tomorrow at the latest; NULL without any.'),
            ('business_days_lag', 'Days since then, idle ones of its calendar left out; never negative.'),
            ('max_ingestion_ts', 'When the newest row landed, tomorrow at the latest; NULL without any.'),
            ('ingestion_lag_interval', 'How long ago that is.'),
            ('rows_business_yesterday', 'Rows that tell of yesterday.'),
            ('rows_business_today', 'Rows that tell of today.'),
            ('rows_ingested_yesterday', 'Rows that landed yesterday.'),
            ('rows_ingested_today', 'Rows that landed today.'),
            ('rows_in_future', 'Rows with a date or a time after tomorrow: they make nothing fresh.'),
            ('is_missing', 'Whether there is no such table.'),
            ('probe_error', 'SQLSTATE of why it cannot be read; NULL when it can.'),
            ('metric_type', 'By which date its rows are counted: business or ingestion.'),
            ('metric_date', 'The local day.'),
            ('rows_count', 'Rows of that day, 0 without any.'),
            ('health_status', 'The first rule that applies, or GREEN_OK.'),
            ('level', 'GREEN, YELLOW or RED.'),
            ('diagnosis', 'Whose fault it is, the first verdict that applies; NULL when GREEN.'),
            ('action', 'The exact next step, in the language of the settings; NULL when GREEN.'),
            ('since_at', 'Since when, as far as the data tells.'),
            ('is_overdue', 'Whether no run has completed for longer than the schedule allows, and none is going.'),
            ('cause_key', 'What is broken: rows with the same key are one problem. NULL for none.'),
            ('evidence', 'The facts behind the verdict: names, dates, counts; no personal data.')
        ) AS meaning (column_name, comment)
        INNER JOIN information_schema.columns AS shown
            ON meaning.column_name = shown.column_name
        WHERE
            shown.table_schema = 'ops'
            AND shown.table_name IN (
                'v_data_sources_catalog',
                'v_data_freshness_status',
                'v_data_ingestion_daily',
                'v_data_health_status'
            )
    LOOP
        EXECUTE format(
            'COMMENT ON COLUMN ops.%%I.%%I IS %%L', one.table_name, one.column_name, one.comment
        );
    END LOOP;
END
$$;
