ANALYZE staged (raw_pk, source_pk, reason_code, event_id, reject_id)
