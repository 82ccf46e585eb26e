-- Reads   ops.data_health: how each watched table is at a moment.
SELECT
    health.source_name,
    health.source_type,
    health.health_status,
    health.level,
    health.diagnosis,
    health.action,
    health.since_at,
    health.max_business_date,
    health.max_ingestion_ts,
    health.is_lead_source,
    health.is_critical,
    health.is_overdue,
    health.cause_key,
    health.evidence
FROM ops.data_health(%(at)s::timestamptz) AS health
