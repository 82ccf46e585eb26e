-- Writes  ops.data_sources: one row per watched table, as the registry says it.
-- Reads   nothing else
-- Rerun   safe: rows that are as they should be stay untouched.
WITH
declared AS (
    SELECT declared.*
    FROM jsonb_to_recordset(%(sources)s::jsonb) AS declared (
        source_name varchar,
        schema_name varchar,
        object_name varchar,
        source_type varchar,
        description text,
        position_no integer,
        business_at_expr text,
        ingestion_at_expr text,
        row_condition text,
        shape_sql text,
        is_shape_read boolean,
        is_lead_source boolean,
        is_critical boolean,
        calendar varchar,
        quiet_days integer,
        stale_hours numeric,
        quiet_hours numeric,
        business_lag_days integer
    )
),

removed AS (
    DELETE FROM ops.data_sources AS known
    WHERE NOT EXISTS (
        SELECT 1
        FROM declared
        WHERE declared.source_name = known.source_name
    )
)

INSERT INTO ops.data_sources AS known (
    source_name,
    schema_name,
    object_name,
    source_type,
    description,
    position_no,
    business_at_expr,
    ingestion_at_expr,
    row_condition,
    shape_sql,
    is_shape_read,
    is_lead_source,
    is_critical,
    calendar,
    quiet_days,
    stale_hours,
    quiet_hours,
    business_lag_days
)
SELECT
    declared.source_name,
    declared.schema_name,
    declared.object_name,
    declared.source_type,
    declared.description,
    declared.position_no,
    declared.business_at_expr,
    declared.ingestion_at_expr,
    declared.row_condition,
    declared.shape_sql,
    declared.is_shape_read,
    declared.is_lead_source,
    declared.is_critical,
    declared.calendar,
    declared.quiet_days,
    declared.stale_hours,
    declared.quiet_hours,
    declared.business_lag_days
FROM declared
ON CONFLICT (source_name) DO UPDATE SET
    schema_name = excluded.schema_name,
    object_name = excluded.object_name,
    source_type = excluded.source_type,
    description = excluded.description,
    position_no = excluded.position_no,
    business_at_expr = excluded.business_at_expr,
    ingestion_at_expr = excluded.ingestion_at_expr,
    row_condition = excluded.row_condition,
    shape_sql = excluded.shape_sql,
    is_shape_read = excluded.is_shape_read,
    is_lead_source = excluded.is_lead_source,
    is_critical = excluded.is_critical,
    calendar = excluded.calendar,
    quiet_days = excluded.quiet_days,
    stale_hours = excluded.stale_hours,
    quiet_hours = excluded.quiet_hours,
    business_lag_days = excluded.business_lag_days
WHERE
(
    known.schema_name,
    known.object_name,
    known.source_type,
    known.description,
    known.position_no,
    known.business_at_expr,
    known.ingestion_at_expr,
    known.row_condition,
    known.shape_sql,
    known.is_shape_read,
    known.is_lead_source,
    known.is_critical,
    known.calendar,
    known.quiet_days,
    known.stale_hours,
    known.quiet_hours,
    known.business_lag_days
)
IS DISTINCT FROM (
    excluded.schema_name,
    excluded.object_name,
    excluded.source_type,
    excluded.description,
    excluded.position_no,
    excluded.business_at_expr,
    excluded.ingestion_at_expr,
    excluded.row_condition,
    excluded.shape_sql,
    excluded.is_shape_read,
    excluded.is_lead_source,
    excluded.is_critical,
    excluded.calendar,
    excluded.quiet_days,
    excluded.stale_hours,
    excluded.quiet_hours,
    excluded.business_lag_days
)
