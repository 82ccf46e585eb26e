-- Writes  canon.stale_people: everybody, for attribution.
-- Reads   canon.identity_registry
-- Rerun   safe.
INSERT INTO canon.stale_people (consumer, person_key)
SELECT
    'attribution' AS consumer,
    person.person_key
FROM canon.identity_registry AS person
ON CONFLICT (consumer, person_key) DO NOTHING
