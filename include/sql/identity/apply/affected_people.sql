-- Writes  pg_temp.affected_people: one row per person key whose accounts, links or events changed.
-- Reads   pg_temp.changed_people, pg_temp.link_news, pg_temp.decided, pg_temp.lead_news
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE affected_people ON COMMIT DROP AS
SELECT changed.person_key
FROM changed_people AS changed
UNION
SELECT news.person_key
FROM link_news AS news
WHERE news.person_key IS NOT NULL
UNION
SELECT news.old_person_key AS person_key
FROM link_news AS news
WHERE news.old_person_key IS NOT NULL
UNION
-- Their event's date, scout or key may have changed, though not its person.
SELECT decided.person_key
FROM lead_news AS news
INNER JOIN decided ON news.event_id = decided.event_id
WHERE decided.person_key IS NOT NULL
