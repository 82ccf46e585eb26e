-- Writes  public.plain_events: what the least load of the same rows of one source would write.
-- Reads   the source
-- Rerun   safe, and blind: corrected, late, bad and vanished rows are all the same to it.
-- Note    the floor of the first load. The key, the date and the payload are the pipeline's own
--         expressions; raw_pk is written so that every index holds as much as the pipeline's.
INSERT INTO public.plain_events (
    source_table, source_pk, event_date, scout_id, payload_json, raw_pk
)
SELECT
    %(source_table)s::varchar AS source_table,
    source.source_pk,
    source.event_at::date AS event_date,
    source.scout_id,
    jsonb_strip_nulls(to_jsonb(source.raw))
    || jsonb_build_object('origin_tag', %(origin_tag)s::text) AS payload_json,
    source.raw_id::varchar AS raw_pk
FROM ( -- noqa: ST05
    %(raw_source)s
) AS source
WHERE source.event_at >= '2015-01-01'
ON CONFLICT DO NOTHING
