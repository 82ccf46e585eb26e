-- Writes  canon.stale_people: everybody affected who has leads, or had, for those who reckon with people.
-- Reads   pg_temp.link_news, pg_temp.lead_news, pg_temp.decided, pg_temp.changed_people,
--         observational.lead_events
-- Rerun   safe: one row per consumer and person.
INSERT INTO canon.stale_people (consumer, person_key)
SELECT
    consumer.name,
    affected.person_key
FROM (
    SELECT news.person_key
    FROM link_news AS news
    WHERE news.person_key IS NOT NULL AND news.source_table != 'drivers'
    UNION
    SELECT news.old_person_key
    FROM link_news AS news
    WHERE news.old_person_key IS NOT NULL AND news.source_table != 'drivers'
    UNION
    SELECT decided.person_key
    FROM lead_news AS news
    INNER JOIN decided ON news.event_id = decided.event_id
    WHERE decided.person_key IS NOT NULL
    UNION
    SELECT changed.person_key
    FROM changed_people AS changed
    WHERE
        EXISTS (
            SELECT 1 FROM observational.lead_events AS event
            WHERE event.person_key = changed.person_key
        )
) AS affected
CROSS JOIN unnest(%(consumers)s::text[]) AS consumer (name)
ON CONFLICT (consumer, person_key) DO NOTHING
