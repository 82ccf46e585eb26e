-- Returns one row: how many events differ between the floor's table and the pipeline's.
-- Reads   public.plain_events, observational.lead_events
SELECT count(*) AS difference_count
FROM public.plain_events AS plain
FULL JOIN observational.lead_events AS event
    ON
    plain.source_table = event.source_table
    AND plain.source_pk = event.source_pk
WHERE
    plain.event_date IS DISTINCT FROM event.event_date
    OR plain.payload_json IS DISTINCT FROM event.payload_json
    OR plain.raw_pk IS DISTINCT FROM event.raw_pk
