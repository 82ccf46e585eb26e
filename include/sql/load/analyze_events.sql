ANALYZE (SKIP_LOCKED) observational.lead_events
