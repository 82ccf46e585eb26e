-- Returns one row per watched table: how it is at a moment, and what it is.
-- Reads   ops.data_health, ops.data_sources
SELECT
    health.source_name,
    source.schema_name,
    source.object_name,
    source.description,
    health.source_type,
    health.level,
    health.health_status,
    health.diagnosis,
    health.since_at,
    health.max_business_date,
    health.max_ingestion_ts,
    health.rows_in_future,
    health.is_lead_source,
    health.is_critical,
    health.evidence
FROM ops.data_health(%(now)s::timestamptz) AS health
INNER JOIN ops.data_sources AS source ON health.source_name = source.source_name
ORDER BY source.position_no
