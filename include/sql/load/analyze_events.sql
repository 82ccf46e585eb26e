ANALYZE (SKIP_LOCKED) observational.lead_events (
    source_table, source_pk, event_date, raw_pk
)
